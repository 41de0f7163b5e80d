"""Knowledge as frozen records: what a matcher is built from and an answer card is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class Facet(StrEnum):
    """What of a procedure is asked."""

    DOCUMENTS = "documents"
    FEE = "fee"
    TIME = "time"
    PLACE = "place"
    STEPS = "steps"
    CONDITIONS = "conditions"
    RESULT = "result"
    ONLINE = "online"
    LEGAL_BASIS = "legal_basis"
    FORM = "form"


class EntryKind(StrEnum):
    """What an entry is; the first part of its id."""

    PROCEDURE = "procedure"
    HOTLINE = "hotline"
    FAQ = "faq"


@dataclass(frozen=True, slots=True)
class Fact:
    """One facet in our own words. Only a sound fact goes out automatically.

    `sound` is false where the lint found fault or nothing is known: the card then says what
    is certain and names the counter for the rest.
    """

    text: str
    sound: bool = True
    source: str = ""
    checked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One procedure, hotline or frequent question, its layers already merged.

    `aliases` are citizens' phrasings. `agencies` are codes of the directory in order of
    preference; "ct-xa" stands for the commune of the asker. `level` is "commune",
    "province", "ministry" or "". `group` names variants of one procedure that are one answer.
    """

    id: str
    kind: EntryKind
    code: str
    title: str
    summary: str = ""
    short_label: str = ""
    aliases: tuple[str, ...] = ()
    facts: Mapping[Facet, Fact] = field(default_factory=dict)
    agencies: tuple[str, ...] = ()
    agency_text: str = ""
    field: str = ""
    level: str = ""
    group: str = ""
    legal_basis: tuple[str, ...] = ()
    phone: str = ""
    online_url: str = ""
    source: str = ""
    source_url: str = ""
    checked_on: date | None = None
    #: text for the index only (official dossier names and the like), never shown
    body: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON; dates become ISO strings."""
        return {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "Entry":
        """Rebuild what `as_json` wrote."""
        facts = {
            Facet(name): Fact(f["text"], f["sound"], f["source"], _date(f["checked_on"]))
            for name, f in record.get("facts", {}).items()
        }
        known = {name: record[name] for name in cls.__dataclass_fields__ if name in record}
        for name in ("aliases", "agencies", "legal_basis"):
            known[name] = tuple(known.get(name, ()))
        return cls(
            **{
                **known,
                "kind": EntryKind(record["kind"]),
                "facts": facts,
                "checked_on": _date(record.get("checked_on")),
            }
        )


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON in, JSON out
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fact):
        return {
            "text": value.text,
            "sound": value.sound,
            "source": value.source,
            "checked_on": _plain(value.checked_on),
        }
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
