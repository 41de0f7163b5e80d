"""What is told by the clock, through the store and to whom it concerns."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.channels import OutcomeUnknown
from bot.clock.starter import calendar
from bot.conversation.mind import ConversationMind
from bot.conversation.world import Manner
from bot.office.letters import DeskLetters
from bot.outreach import Outreach
from bot.questions import desk
from bot.questions.desk import Opened
from bot.reach.consents import Choice, choose
from bot.reach.notices import told_of, untold_since
from bot.reach.roads import Road
from bot.reach.templates import Note
from bot.store import Done, Store
from bot.tables.delivery import message, outbox
from bot.tables.desk import content, question
from bot.tables.reach import phone, template_note
from bot.tables.segments import segment, segment_item
from bot.wording import Wording
from tests.bot.conversation.library import SmallLibrary
from tests.bot.delivery.samples import Ticker
from tests.bot.questions.samples import NOW, prepare
from tests.bot.reach.samples import ask_on_zalo, close, hold_answer, write

WORDING = Wording.load()
SATURDAY = date(2026, 11, 28)
TEN_DAYS = timedelta(days=10)


@dataclass
class Sender:
    """Templates of a provider that does as it is told."""

    channel: str = "zalo"
    to: str = "phone"
    fails: list[Exception] = field(default_factory=list)
    told: list[Note] = field(default_factory=list)

    async def tell(self, note: Note) -> str:
        self.told.append(note)
        if self.fails:
            raise self.fails.pop(0)
        return "p1"


@dataclass
class Clockwork:
    """Outreach over a store, with a clock to move."""

    store: Store
    clock: Ticker = field(default_factory=lambda: Ticker(NOW))
    sender: Sender = field(default_factory=Sender)

    def __post_init__(self) -> None:
        office = calendar()
        mind = ConversationMind(SmallLibrary(), WORDING, office, str, Manner())
        self.jobs = Outreach(
            self.store, self.clock, office, mind, DeskLetters(WORDING), [self.sender],
            "https://danhoi.example.gov.vn",
        )  # fmt: skip

    async def do(self, body: Any) -> Any:  # noqa: ANN401
        return await self.store.write(lambda connection: Done(body(connection)))

    async def said(self) -> list[str]:
        """Return what was told of our own accord."""
        wanted = select(message.c.text).where(message.c.role == "assistant").order_by(message.c.id)
        return await self.store.read(lambda c: list(c.execute(wanted).scalars()))

    async def tick(self) -> None:
        for job in (self.jobs.tell_progress, self.jobs.send_templates, self.jobs.tell_notices):
            await job(self.clock())


@pytest.fixture
async def works(store: Store) -> Clockwork:
    works = Clockwork(store)
    await works.do(prepare)
    return works


async def test_progress_states_where_the_question_is_with_one_button(works: Clockwork) -> None:
    await works.do(ask_on_zalo)
    works.clock.advance(days=6)
    for _ in range(2):
        await works.tick()
    (text,) = await works.said()
    assert "đang chờ cán bộ" in text
    assert text.endswith("để kênh gửi được trả lời khi có.")
    body = await works.do(lambda c: c.execute(select(message.c.body)).scalars().all()[-1])
    assert [button["label"] for button in body["buttons"]] == ["Tôi vẫn chờ"]


async def test_several_questions_make_one_message(works: Clockwork) -> None:
    first = await works.do(ask_on_zalo)
    second = await works.do(lambda c: ask_on_zalo(c, NOW + timedelta(hours=1)))
    works.clock.advance(days=6, hours=2)
    await works.tick()
    (text,) = await works.said()
    assert all(opened.code[:3] in text for opened in (first, second))


async def held(works: Clockwork) -> Opened:
    """Return a question whose answer is announced by template."""
    opened: Opened = await works.do(ask_on_zalo)
    template = Choice(Road.TEMPLATE, "road.ask.template", "+84901234567")
    await works.do(lambda c: choose(c, opened.id, template, NOW))
    works.clock.advance(days=10)
    await works.do(lambda c: hold_answer(c, opened, works.clock()))
    return opened


async def test_a_held_answer_is_announced_once_and_the_number_erased(works: Clockwork) -> None:
    await held(works)
    for _ in range(2):
        await works.tick()
    assert [note.phone for note in works.sender.told] == ["+84901234567"]
    assert await works.do(lambda c: c.execute(select(phone)).all()) == []


@pytest.mark.parametrize(
    ("error", "state"), [(OutcomeUnknown(), "unknown"), (ValueError("odd"), "unknown")]
)
async def test_what_may_have_gone_out_is_not_sent_again(
    works: Clockwork, error: Exception, state: str
) -> None:
    await held(works)
    works.sender.fails = [error]
    for _ in range(2):
        await works.tick()
    assert len(works.sender.told) == 1
    states = await works.do(lambda c: c.execute(select(template_note.c.state)).scalars().all())
    assert states == [state]


async def test_at_night_nobody_is_written_to(works: Clockwork) -> None:
    await held(works)
    works.clock.now = works.clock.now.replace(hour=15)  # ten in the evening
    await works.tick()
    assert works.sender.told == []


def airing(connection: Connection, status: str = "published") -> Opened:
    """Put an answered question on a list that is read on Saturday."""
    opened = ask_on_zalo(connection)
    close(connection, opened)
    given = desk.Consent("air", granted=True, wording="consent.air")
    desk.record_consent(connection, opened.id, given, NOW)
    words = {"question_id": opened.id, "kind": "answer", "text": "Ở BHXH.", "digest": "", "at": NOW}
    answer_id = connection.execute(insert(content).values(**words)).inserted_primary_key[0]  # type: ignore[index]
    changed = update(question).where(question.c.id == opened.id)
    connection.execute(changed.values(answer_id=answer_id, assignee_id=None))
    row = {"month": "2026-11", "air_date": SATURDAY, "status": status}
    connection.execute(insert(segment).values(**row))
    item = {
        "month": "2026-11", "question_id": opened.id, "answer_id": answer_id, "position": 1,
        "state": "approved", "question": "?", "answer": "!", "agency": "ct-so-y-te",
        "answered_on": NOW.date(),
    }  # fmt: skip
    connection.execute(insert(segment_item).values(**item))
    return opened


async def test_who_is_read_on_air_learns_the_day_and_then_the_link(works: Clockwork) -> None:
    await works.do(airing)
    for _ in range(2):
        await works.tick()
    works.clock.now = datetime(2026, 11, 29, 3, tzinfo=UTC)
    for _ in range(2):
        await works.tick()
    before, after = await works.said()
    assert "28/11" in before
    assert after.endswith("Xem lại: https://danhoi.example.gov.vn/chuyen-muc/2026-11")


async def test_a_list_nobody_may_see_yet_tells_nobody(works: Clockwork) -> None:
    await works.do(lambda c: airing(c, "open"))
    await works.tick()
    assert await works.said() == []


async def test_who_took_the_consent_back_is_not_told(works: Clockwork) -> None:
    opened = await works.do(airing)
    await works.do(lambda c: desk.withdraw_consent(c, opened.id, "air", NOW))
    await works.tick()
    assert await works.said() == []


async def test_a_day_that_has_passed_is_not_announced_any_more(works: Clockwork) -> None:
    await works.do(airing)
    await works.tick()
    waiting = {"state": "waiting", "reason": "window_closed", "next_at": NOW}
    await works.do(lambda c: c.execute(update(outbox).values(**waiting)))
    works.clock.now = datetime(2026, 11, 29, 3, tzinfo=UTC)
    await works.tick()
    counts = await works.store.read(lambda c: told_of(c, "air", "2026-11"))
    assert counts == {"told": 0, "waiting": 0, "untold": 1}
    untold = await works.store.read(lambda c: untold_since(c, NOW))
    assert [(each.kind, each.reason) for each in untold] == [("air", "lapsed")]


async def test_an_answer_nobody_said_anything_about_is_asked_about_once(works: Clockwork) -> None:
    opened = await works.do(ask_on_zalo)
    await works.do(lambda c: hold_answer(c, opened, NOW))
    sent = {"state": "sent", "sent_at": NOW + timedelta(minutes=1)}
    await works.do(lambda c: c.execute(update(outbox).values(**sent)))
    await works.do(lambda c: close(c, opened))
    answered = update(question).values(answered_at=NOW)
    await works.do(lambda c: c.execute(answered))
    works.clock.advance(days=1, hours=1)
    for _ in range(2):
        await works.tick()
    assert [text for text in await works.said() if "thấy rõ chưa" in text][1:] == []
    assert len(await works.said()) == 1


async def test_who_wrote_after_the_answer_is_left_in_peace(works: Clockwork) -> None:
    opened = await works.do(ask_on_zalo)
    await works.do(lambda c: hold_answer(c, opened, NOW))
    sent = {"state": "sent", "sent_at": NOW + timedelta(minutes=1)}
    await works.do(lambda c: c.execute(update(outbox).values(**sent)))
    await works.do(lambda c: close(c, opened))
    await works.do(lambda c: c.execute(update(question).values(answered_at=NOW)))
    await works.do(lambda c: write(c, "thanks", NOW + timedelta(hours=1)))
    works.clock.advance(days=1, hours=1)
    await works.tick()
    assert await works.said() == []
