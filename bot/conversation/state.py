"""What a conversation remembers from one turn to the next, as a frozen value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.messages import Button


class Awaiting(StrEnum):
    """What the last message of ours asked for."""

    NOTHING = "nothing"
    CHOICE = "choice"
    HELPED = "helped"
    QUESTION = "question"  # "gặp cán bộ" came without a question: the next words are one
    MORE = "more"  # "hỏi thêm": the next words belong to `question`
    DOOR = "door"  # a complaint or denunciation was shown its door
    COMMUNE = "commune"
    RATING = "rating"
    CONSENT_PUBLISH = "consent_publish"
    CONSENT_AIR = "consent_air"
    WITHDRAW = "withdraw"
    ERASE = "erase"
    MERGER = "merger"  # what a commune became was told: another name asks the same
    TOPIC = "topic"  # "bao nhieu tien" came without a matter: the next words name it
    PHONE = "phone"  # the next words are a number for `road`


@dataclass(frozen=True, slots=True)
class Offer:
    """A button under our last message; typed words may choose it as well.

    `payload` is an address to open or a number to call where the button is one of those.
    """

    label: str
    payload: str

    @classmethod
    def under(cls, buttons: Iterable[Button]) -> tuple["Offer", ...]:
        """Return what buttons offer, in the order in which they are seen and counted.

        Numbers to call alone, as in an emergency, leave open what was offered before.
        """
        shown = tuple(buttons)
        if not any(button.payload for button in shown):
            return ()
        return tuple(cls(b.label, b.payload or b.url or b.phone) for b in shown)


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter spoken of: the citizen's words, the entries shown for them, their question."""

    asked: str
    entries: tuple[str, ...]
    question: int | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """All the dialogue keeps between turns.

    `shown_at` is when the card of `entry` was shown, `musing` the last words that were taken for
    chatter. `trail` is what was spoken of, the latest last. `asked` holds the citizen's words that
    the open offers are about, `others` the entries thought of beside the one shown. `question` is
    the question now spoken of. `waiting_media` are transcript ids of pictures that came before
    their question. `minor` is whether a citizen said to be younger than eighteen, `condoled`
    whether we felt with the bereaved, `stopped` the wish to get no notices, `road` what a telephone
    number was asked for, `alarm` the topic of the last emergency, `said` our last
    words, as a digest.
    """

    greeted: bool = False
    awaiting: Awaiting = Awaiting.NOTHING
    offers: tuple[Offer, ...] = ()
    asked: str = ""
    matter: str = "question"
    agency: str = ""
    entry: str = ""
    shown_at: datetime | None = None
    musing: str = ""
    mused_at: datetime | None = None
    facet: str = ""
    trail: tuple[Matter, ...] = ()
    others: tuple[str, ...] = ()
    question: int | None = None
    commune: str = ""
    waiting_media: tuple[int, ...] = ()
    identity_announced: bool = False
    thanked: bool = False
    condoled: bool = False
    stopped: bool = False
    minor: bool = False
    road: str = ""
    alarm: str = ""
    alarmed_at: datetime | None = None
    said: str = ""
    window_from: datetime | None = None
    window_count: int = 0

    def settled(self) -> "Memory":
        """Return the memory with nothing offered and nothing awaited."""
        return replace(self, awaiting=Awaiting.NOTHING, offers=())

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON, leaving out what is as at the start."""
        blank = Memory()
        kept = {f.name: getattr(self, f.name) for f in fields(self)}
        return {
            name: _plain(value) for name, value in kept.items() if value != getattr(blank, name)
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "Memory":
        """Rebuild what `as_json` wrote; what is unknown or misshapen starts afresh."""
        known = {}
        for name, read in _READERS.items():
            try:
                known[name] = read(record[name])
            except (KeyError, TypeError, ValueError, AttributeError):
                continue
        return cls(**known)


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON out
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Offer):
        return [value.label, value.payload]
    if isinstance(value, Matter):
        return [value.asked, list(value.entries), value.question]
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _of(kind: type) -> Any:  # noqa: ANN401 - a reader per field, types differ
    def read(value: Any) -> Any:  # noqa: ANN401
        if not isinstance(value, kind):
            raise TypeError(f"{value!r} is no {kind.__name__}")
        return value

    return read


def _offers(value: Any) -> tuple[Offer, ...]:  # noqa: ANN401 - JSON in
    return tuple(Offer(str(label), str(payload)) for label, payload in value)


def _matters(value: Any) -> tuple[Matter, ...]:  # noqa: ANN401 - JSON in
    return tuple(Matter(str(asked), tuple(entries), question) for asked, entries, question in value)


_TEXT, _FLAG, _NUMBER = _of(str), _of(bool), _of(int)
_READERS: Mapping[str, Any] = {
    "greeted": _FLAG,
    "awaiting": Awaiting,
    "offers": _offers,
    "asked": _TEXT,
    "matter": _TEXT,
    "agency": _TEXT,
    "entry": _TEXT,
    "shown_at": datetime.fromisoformat,
    "musing": _TEXT,
    "mused_at": datetime.fromisoformat,
    "facet": _TEXT,
    "trail": _matters,
    "others": lambda value: tuple(map(_TEXT, value)),
    "question": _NUMBER,
    "commune": _TEXT,
    "waiting_media": lambda value: tuple(map(_NUMBER, value)),
    "identity_announced": _FLAG,
    "thanked": _FLAG,
    "condoled": _FLAG,
    "stopped": _FLAG,
    "minor": _FLAG,
    "road": _TEXT,
    "alarm": _TEXT,
    "alarmed_at": datetime.fromisoformat,
    "said": _TEXT,
    "window_from": datetime.fromisoformat,
    "window_count": _NUMBER,
}
