"""Knowledge as a message: answer cards, hotlines. Pure rendering."""

import re
from collections.abc import Sequence

from bot.conversation.days import date_in_figures
from bot.conversation.payloads import payload
from bot.conversation.world import ANY_COMMUNE, World
from bot.links import is_listed_address, without_unlisted
from bot.messages import Button, Outgoing, Source
from knowledge.decisions import DecisionKind
from knowledge.entries import Entry, EntryKind, Facet
from knowledge.labels import LONGEST as LABEL
from knowledge.labels import label_of

_ASKED, _BRIEF, BRIEFER, _SUMMARY = 600, 190, 110, 200
_LINE, _MOST_LINES, _LISTED, _LONGEST_TITLE = 90, 5, 75, 120
_SHOWN = (Facet.DOCUMENTS, Facet.PLACE, Facet.TIME, Facet.FEE)
_NUMBERED = re.compile(r"\d+[.)] ")
_SENTENCE = re.compile(r"[.;!?](?=\s)")


def answer_card(
    world: World, entry: Entry, facet: Facet | None = None, *, again: bool = False
) -> Outgoing:
    """Return the card of an entry, the asked facet first, with "did that help?".

    `again` leaves out what the citizen has just read on the card before.
    """
    if entry.kind is EntryKind.HOTLINE and not entry.phone:
        return _unknown_number(world, entry)
    facet = None if facet is Facet.STEPS and not is_sound(entry, facet) else facet
    is_short = again and facet is not None
    lines = [_title(entry), _asked_line(world, entry, facet)] if is_short and facet else None
    last = _rest_line(world, entry, facet) if is_short else world.wording("card.helped")
    text = "\n".join([*(lines or _body(world, entry, facet)), source_line(world, entry), last])
    return Outgoing(
        without_unlisted(text, world.wording("card.unlisted")),
        buttons=(
            *(() if is_short else _online(world, entry)),
            *_whole(world, entry, facet),
            *_phone(world, entry),
            Button(world.wording("button.helped"), payload("helped")),
            Button(world.wording("button.nothelped"), payload("nothelped")),
        ),
        sources=sources_of(entry),
        decision=DecisionKind.ANSWER,
        codes=(entry.code,) if entry.kind is EntryKind.PROCEDURE else (),
    )


def _unknown_number(world: World, entry: Entry) -> Outgoing:
    """Say that the number is not known yet, and offer people who know it."""
    source = world.wording("card.source_unknown")
    return Outgoing(
        "\n".join([*_body(world, entry, None), source, world.wording("hotline.by_officer")]),
        buttons=(Button(world.wording("button.to_officer"), payload("none")),),
        decision=DecisionKind.ANSWER,
    )


def hotlines_card(world: World, lines: Sequence[Entry]) -> Outgoing:
    """Return the public numbers; one that nobody vouches for reads "đang cập nhật"."""
    unknown = world.wording("hotline.unknown")
    listed = [f"{line.title}: {line.phone or unknown}" for line in lines]
    sources = {line.source: line for line in lines if line.source}
    listed += [source_line(world, line) for line in sources.values()]
    return Outgoing(
        world.wording("hotlines", listed="\n".join(listed)),
        sources=tuple(source for line in sources.values() for source in sources_of(line)),
        decision=DecisionKind.ANSWER,
    )


def cut(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters, cut after a sentence or a word."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    ends = [match.end() for match in _SENTENCE.finditer(text[:limit])]
    if ends and ends[-1] >= limit // 2:
        kept = text[: ends[-1]]
        return f"{kept[:-1]}…" if kept.endswith(";") else kept
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:(–-") + "…"


def _body(world: World, entry: Entry, facet: Facet | None) -> list[str]:
    if entry.kind is EntryKind.HOTLINE:
        number = entry.phone or world.wording("hotline.unknown")
        return [f"{entry.title}: {number}", *_if_any(cut(entry.summary, _SUMMARY))]
    if entry.kind is EntryKind.FAQ:
        return [entry.short_label or entry.title, cut(entry.summary, _ASKED)]
    first = [_asked_line(world, entry, facet)] if facet else []
    limit = BRIEFER if facet else _BRIEF
    rest = [
        _fact_line(world, entry, shown, limit)
        for shown in _SHOWN
        if shown is not facet and is_sound(entry, shown)
    ]
    summary = [] if facet else _if_any(cut(entry.summary, _SUMMARY))
    return [_title(entry), *first, *summary, *rest, *_uncertain_line(world, entry, facet)]


def _rest_line(world: World, entry: Entry, facet: Facet | None) -> str:
    """Offer in one line what else is known, else ask whether it helped."""
    rest = [shown for shown in _SHOWN if shown is not facet and is_sound(entry, shown)]
    if not rest:
        return world.wording("card.helped")
    what = ", ".join(world.wording(f"topic.{shown}") for shown in rest)
    return world.wording("card.rest", what=what)


def _title(entry: Entry) -> str:
    name = cut(entry.short_label or sentence_case(entry.title), _LONGEST_TITLE)
    return name.upper() if len(name) <= 60 else name


def _asked_line(world: World, entry: Entry, facet: Facet) -> str:
    if is_sound(entry, facet):
        items = items_of(entry.facts[facet].text)
        name = world.wording(f"facet.{facet}")
        return f"{name}: {items[0]}" if len(items) == 1 else _listed(world, f"{name}:", items)
    what = world.wording(f"facet.{facet}")
    return world.wording("card.asked_unsure", what=what, counter=counter(world, entry))


def _fact_line(world: World, entry: Entry, facet: Facet, limit: int) -> str:
    """Return a fact in one line: as many whole items as fit, at least one."""
    items = items_of(entry.facts[facet].text)
    items = [cut(item, _LINE) for item in items] if len(items) > 1 else items
    shown = items[:1]
    for item in items[1:]:
        if len("; ".join((*shown, item))) > limit:
            break
        shown.append(item)
    text = cut("; ".join(shown), max(limit, _BRIEF))
    left = len(items) - len(shown)
    more = f"; {world.wording('card.left', count=left)}" if left else ""
    return f"{world.wording(f'facet.{facet}')}: {text}{more}"


def items_of(text: str) -> list[str]:
    """Return the lines of a fact that is written as a list, else the whole of it."""
    lines = [line.strip(" -–•;") for line in text.splitlines()]
    return [line for line in lines if line] or [text.strip()]


def _listed(world: World, heading: str, items: Sequence[str]) -> str:
    """Return a heading and a few short lines: a telephone shows no more at once."""
    shown = items if len(items) <= _MOST_LINES else items[: _MOST_LINES - 1]
    cuts = [cut(item, _LINE) for item in shown]
    lines = [heading, *(item if _NUMBERED.match(item) else f"– {item}" for item in cuts)]
    if left := len(items) - len(shown):
        lines.append(f"– {world.wording('card.left', count=left)}")
    return "\n".join(lines)


def _uncertain_line(world: World, entry: Entry, facet: Facet | None) -> list[str]:
    unsure = [f for f in _SHOWN if f is not facet and not is_sound(entry, f)]
    if not unsure:
        return []
    what = ", ".join(world.wording(f"topic.{f}") for f in unsure)
    return [world.wording("card.unsure", what=what, counter=counter(world, entry))]


def is_sound(entry: Entry, facet: Facet) -> bool:
    """Whether a fact is there and nobody doubts it."""
    fact = entry.facts.get(facet)
    return fact is not None and fact.sound and bool(fact.text.strip())


def counter(world: World, entry: Entry) -> str:
    """Return whom to ask about what is not certain: what a commune does, in the commune."""
    if entry.level == "commune" and entry.agencies[:1] != (ANY_COMMUNE,):
        return world.wording("card.counter_commune")
    if entry.agencies:
        return world.name_of(entry.agencies[0])
    return world.wording("card.counter")


def source_line(world: World, entry: Entry) -> str:
    """Return where an entry comes from and when that was checked."""
    if not entry.source:
        return world.wording("card.source_unknown")
    if entry.checked_on is None:
        return world.wording("card.source", title=entry.source)
    day = date_in_figures(entry.checked_on)
    return world.wording("card.source_checked", title=entry.source, day=day)


def sources_of(entry: Entry) -> tuple[Source, ...]:
    """Return the source of an entry, its address only where we may send it."""
    if not entry.source:
        return ()
    url = entry.source_url if is_listed_address(entry.source_url) else ""
    return (Source(entry.source, url, entry.checked_on),)


def _online(world: World, entry: Entry) -> tuple[Button, ...]:
    if not is_listed_address(entry.online_url):
        return ()
    return (Button(world.wording("button.online"), url=entry.online_url),)


def _whole(world: World, entry: Entry, facet: Facet | None) -> tuple[Button, ...]:
    """Lead to the procedure's page where the card cannot show all, if the citizen can open it."""
    has_page = world.manner.public_url or world.channel == "web"
    if not has_page or entry.kind is not EntryKind.PROCEDURE or not _is_cut(entry, facet):
        return ()
    address = f"{world.manner.public_url.rstrip('/')}/thu-tuc/{entry.code}"
    return (Button(world.wording("button.whole"), url=address),)


def _is_cut(entry: Entry, facet: Facet | None) -> bool:
    """Whether a card tells less than is known of what it shows at length."""
    shown = facet or Facet.DOCUMENTS
    if not is_sound(entry, shown):
        return False
    items = items_of(entry.facts[shown].text)
    if facet is None:
        return len("; ".join(items)) > _BRIEF
    return len(items) > _MOST_LINES or any(len(item) > _LINE for item in items[1:])


def _phone(world: World, entry: Entry) -> tuple[Button, ...]:
    if entry.kind is not EntryKind.HOTLINE or not entry.phone:
        return ()
    return (Button(world.wording("button.call", phone=entry.phone), phone=entry.phone),)


def named(entry: Entry) -> str:
    """Return a name that is long enough to tell one choice from another."""
    return cut(label_of(entry) or sentence_case(entry.title), _LISTED)


def sentence_case(title: str) -> str:
    """Return a title as it stands in a sentence: "Thủ tục" and capitals taken off."""
    name = title.removeprefix("Thủ tục ").strip()
    name = name.lower() if name.isupper() and len(name) > LABEL else name
    return name[:1].upper() + name[1:]


def _if_any(text: str) -> list[str]:
    return [text] if text else []
