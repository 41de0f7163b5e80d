"""What the lint holds back, for officers to confirm or to put right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, String, cast, exists, func, select

from bot.catalogue.acts import Fault, NoSuchFinding, put_layer
from bot.catalogue.repository import known
from bot.errors import BotError
from bot.tables.knowledge import entry, finding, layer
from knowledge.entries import Facet
from knowledge.layers import Layer, merge
from knowledge.lint import SUMMARY, text_of

_SIZE = 20
_LONGEST_TEXT = 4000
#: of the same entry for every officer of a commune
_COMMUNE = "ct-xa"


class NoSource(BotError):
    """Xin ghi căn cứ: số văn bản hoặc trang đã kiểm tra."""


class NothingSaid(BotError):
    """Xin ghi nội dung đúng."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings to show; "" means any. `agency` also limits what an officer may decide."""

    rule: str = ""
    agency: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Held:
    """One finding: the entry, the text at fault in full, and how it was found."""

    entry: str
    code: str
    kind: str
    title: str
    agencies: Sequence[str]
    fault: Fault
    excerpt: str
    text: str
    source: str
    state: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of findings, how many there are in all, and how many by rule."""

    held: Sequence[Held]
    total: int
    by_rule: Mapping[str, int]
    size: int = _SIZE


def open_findings(connection: Connection, wanted: Wanted) -> Page:
    """Return findings nobody has vouched for; entries that somebody here wrote about first."""
    of_agency = [finding.c.cleared_at.is_(None), entry.c.state != "retired", *_of(wanted.agency)]
    joined = finding.join(entry, entry.c.id == finding.c.entry_id)
    counted = (
        select(finding.c.rule, func.count())
        .select_from(joined)
        .where(*of_agency)
        .group_by(finding.c.rule)
    )
    by_rule: dict[str, int] = {row[0]: row[1] for row in connection.execute(counted)}
    chosen = [*of_agency, *([finding.c.rule == wanted.rule] if wanted.rule else [])]
    query = (
        select(finding, entry.c.merged, entry.c.code, entry.c.kind, entry.c.state)
        .select_from(joined)
        .where(*chosen)
        .order_by(entry.c.state, _told_by_us().desc(), finding.c.entry_id)
        .order_by(finding.c.facet, finding.c.rule)
        .limit(_SIZE)
        .offset((max(wanted.page, 1) - 1) * _SIZE)
    )
    rows = connection.execute(query).all()
    total = by_rule.get(wanted.rule, 0) if wanted.rule else sum(by_rule.values())
    return Page(_held(connection, rows), total, by_rule)


@dataclass(frozen=True, slots=True)
class Vouched:
    """Who corrects, and when."""

    officer: str
    at: datetime


def correct(
    connection: Connection, entry_id: str, fault: Fault, said: str, source: str, by: Vouched
) -> None:
    """Let an officer say a fact in other words, with a source; the rules look at it again."""
    text, ground = said.strip()[:_LONGEST_TEXT], " ".join(source.split())
    if not text:
        raise NothingSaid
    if not ground:
        raise NoSource
    present = known(connection, [entry_id]).get(entry_id)
    open_now = _is_open(connection, entry_id, fault)
    if present is None or not open_now or fault.facet not in {*Facet, SUMMARY}:
        raise NoSuchFinding
    local = dict(present.layers.get(Layer.LOCAL, {}))
    day = by.at.date().isoformat()
    if fault.facet == SUMMARY:
        local |= {"summary": text, "source": ground, "checked_on": day}
    else:
        fact = {"text": text, "sound": True, "source": ground, "checked_on": day}
        local["facts"] = {**local.get("facts", {}), fault.facet: fact}
    put_layer(connection, entry_id, Layer.LOCAL, local, by.at, by.officer)


def concerns(connection: Connection, entry_id: str, agency: str) -> bool:
    """Tell whether an entry is an agency's own business; "" is everybody's."""
    of_entry = select(entry.c.id).where(entry.c.id == entry_id, *_of(agency))
    return connection.execute(of_entry).first() is not None


def _told_by_us() -> ColumnElement[bool]:
    others = layer.c.name != str(Layer.NATIONAL)
    return exists().where(layer.c.entry_id == entry.c.id, others)


def _of(agency: str) -> list[ColumnElement[bool]]:
    if not agency:
        return []
    code = _COMMUNE if agency.startswith(f"{_COMMUNE}-") else agency
    listed = cast(entry.c.merged["agencies"], String)
    return [listed.contains(f'"{code}"', autoescape=True)]


def _is_open(connection: Connection, entry_id: str, fault: Fault) -> bool:
    this = (finding.c.entry_id == entry_id) & (finding.c.facet == fault.facet)
    same = (finding.c.rule == fault.rule) & (finding.c.text_digest == fault.text_digest)
    row = connection.execute(select(finding).where(this, same, finding.c.cleared_at.is_(None)))
    return row.first() is not None


def _held(connection: Connection, rows: Sequence[Row[Any]]) -> list[Held]:
    """Facts held back are blank in what goes out; the layers have the words."""
    layers = known(connection, [row.entry_id for row in rows])
    found = []
    for row in rows:
        whole = merge(row.entry_id, layers[row.entry_id].layers)
        facet = row.facet
        has_text = not facet or facet == SUMMARY or facet in whole.facts
        text = text_of(whole, facet) if has_text else row.excerpt
        source = whole.facts[Facet(facet)].source if facet in whole.facts else whole.source
        found.append(
            Held(
                *(row.entry_id, row.code, row.kind, whole.title, whole.agencies),
                Fault(facet, row.rule, row.text_digest),
                *("" if _begins(text, row.excerpt) else row.excerpt, text, source, row.state),
            )
        )
    return found


def _begins(text: str, excerpt: str) -> bool:
    """Whether an excerpt says no more than the head of the text."""
    return " ".join(text.lower().split()).startswith(excerpt.lower().rstrip("…"))
