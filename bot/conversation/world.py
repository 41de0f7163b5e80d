"""What the dialogue may look at: knowledge, the citizen's questions, the hour, the wording."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import WorkCalendar
from bot.questions.life import Bucket, State
from bot.reach.roads import Road
from bot.wording import Wording
from knowledge.decisions import Decision, MatterKind
from knowledge.entries import Entry
from knowledge.matcher import Context
from knowledge.places import Place

#: the commune of the asker, when nobody knows yet which
ANY_COMMUNE = "ct-xa"


class Library(Protocol):
    """Public knowledge as the dialogue needs it; answers from memory, never waits."""

    @property
    def version(self) -> str:
        """Name the state of knowledge and matcher that a decision was made with."""

    def decide(self, text: str, context: Context) -> Decision:
        """Understand a message; a follow-up refers to the context's last entry."""

    def entry(self, entry_id: str) -> Entry | None:
        """Return a public entry."""

    def namesakes(self, text: str) -> tuple[Place, ...]:
        """Return the communes that bear a name in the text, of today and of before the merger."""

    def parts(self, agency: str) -> tuple[Place, ...]:
        """Return a commune of today and all that became it or a part of it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of somebody's, as far as the dialogue may know it.

    `own` is false for a question looked up by its code from another conversation: then
    nothing of its text is known here.
    """

    id: int
    code: str
    state: State
    bucket: Bucket
    agency: str
    received_at: datetime
    due_at: datetime | None = None
    answered_at: datetime | None = None
    matter: MatterKind = MatterKind.QUESTION
    text: str = ""
    own: bool = True

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes the citizen an answer."""
        return self.bucket is Bucket.OPEN and self.state is not State.CHOOSING

    @property
    def is_sealed(self) -> bool:
        """Whether it must never be published."""
        return self.matter in (MatterKind.COMPLAINT, MatterKind.DENUNCIATION)


@dataclass(frozen=True, slots=True)
class Manner:
    """What differs between installations: place, addresses, where doubtful questions go, pace."""

    place: str = "thành phố Cần Thơ"
    #: what the place comprises since the merger, as it stands in the welcome
    formerly: str = "có Sóc Trăng, Hậu Giang trước đây"
    #: receives what no agency could be found for; its coordinators pass it on
    desk: str = "ct-van-phong-ubnd"
    inspectorate: str = "ct-thanh-tra"
    public_url: str = ""
    #: how long half a thought waits for its other half
    patience: timedelta = timedelta(seconds=1.5)
    #: who writes more than this in a window is asked once to pause, then only kept
    most_in_window: int = 60
    window: timedelta = timedelta(minutes=10)
    #: who has so many questions open waits for an answer before the next goes to officers
    most_open: int = 10
    #: and where very many nameless senders crowd an agency, for so many of its questions
    most_open_in_a_crowd: int = 2
    #: whom template messages can be sent to: "phone", "user", or nobody
    template_to: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """Everything a decision depends on beside memory and message; values only."""

    library: Library
    wording: Wording
    calendar: WorkCalendar
    now: datetime
    agency_name: Callable[[str], str]
    manner: Manner = Manner()
    channel: str = "web"
    #: the citizen's latest questions, newest first
    questions: tuple[Asked, ...] = ()
    #: code → question of anybody, for the codes that stand in this turn's messages
    looked_up: Mapping[str, Asked] = field(default_factory=dict)
    #: provider's message id → question, for the messages this turn quotes
    quoted: Mapping[str, int] = field(default_factory=dict)
    #: the question that our last message was about, where an officer wrote it
    officer_spoke_of: int | None = None

    #: question → how its asker wants to be told once the channel is closed
    roads: Mapping[int, Road] = field(default_factory=dict)
    barred_until: datetime | None = None
    #: agencies that senders such as this one crowd
    crowded: frozenset[str] = frozenset()

    @property
    def local_now(self) -> datetime:
        """Return this moment on the office's clock."""
        return self.calendar.local(self.now)

    @property
    def open_questions(self) -> tuple[Asked, ...]:
        """Return the citizen's questions that wait for somebody, newest first."""
        return tuple(asked for asked in self.questions if asked.is_open)

    @property
    def is_barred(self) -> bool:
        """Whether officers take nothing new from this sender."""
        return self.barred_until is not None and self.barred_until > self.now

    def name_of(self, agency: str) -> str:
        """Return an agency's name; a commune that is not known yet is the asker's own."""
        return self.wording("agency.commune") if agency == ANY_COMMUNE else self.agency_name(agency)

    def question(self, question_id: int | None) -> Asked | None:
        """Return one of the citizen's own questions."""
        return next((asked for asked in self.questions if asked.id == question_id), None)

    def open_one(self, question_id: int | None) -> Asked | None:
        """Return this open question of the citizen's, else the only one there is."""
        asked = self.question(question_id)
        if asked is not None and asked.is_open:
            return asked
        return self.open_questions[0] if len(self.open_questions) == 1 else None

    def officer_left(self, *states: State) -> Asked | None:
        """Return the question an officer has just written about, if it is in one of the states."""
        asked = self.question(self.officer_spoke_of)
        return asked if asked is not None and asked.state in states else None

    def by_code(self, code: str) -> Asked | None:
        """Return one of the citizen's own questions by its code."""
        return next((asked for asked in self.questions if asked.code == code), None)
