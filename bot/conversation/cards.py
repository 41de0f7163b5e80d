"""Knowledge as a message: answer cards, choices, hotlines. Pure rendering."""

import re
from collections.abc import Sequence

from bot.conversation.days import date_in_figures
from bot.conversation.payloads import payload
from bot.conversation.world import ANY_COMMUNE, World
from bot.links import is_listed_address, without_unlisted
from bot.messages import Button, Outgoing, Source
from knowledge.decisions import DecisionKind
from knowledge.differences import Difference, difference, unlike
from knowledge.entries import Entry, EntryKind, Facet
from knowledge.labels import LONGEST as LABEL
from knowledge.labels import label_of

MOST_CHOICES = 4
_ASKED, _BRIEF, _BRIEFER, _SUMMARY = 600, 190, 110, 200
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
    facet = None if facet is Facet.STEPS and not _is_sound(entry, facet) else facet
    is_short = again and facet is not None
    lines = [_title(entry), _asked_line(world, entry, facet)] if is_short and facet else None
    last = _rest_line(world, entry, facet) if is_short else world.wording("card.helped")
    text = "\n".join([*(lines or _body(world, entry, facet)), _source_line(world, entry), last])
    return Outgoing(
        without_unlisted(text, world.wording("card.unlisted")),
        buttons=(
            *(() if is_short else _online(world, entry)),
            *_whole(world, entry, facet),
            *_phone(world, entry),
            Button(world.wording("button.helped"), payload("helped")),
            Button(world.wording("button.nothelped"), payload("nothelped")),
        ),
        sources=_sources(entry),
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


def choices_card(
    world: World, entries: Sequence[Entry], codes: Sequence[str] = (), *, several: bool = False
) -> Outgoing:
    """Return up to four entries to choose from, and the way to an officer.

    What reads alike is asked apart: "Dạ, bé sinh trong nước hay ở nước ngoài ạ?"; not where
    `several` matters were named in one message.
    """
    shown = _told_apart(entries)
    apart = None if several else difference([entry.code for entry in shown])
    buttons = [
        Button(label, payload("entry", entry.id))
        for label, entry in zip(apart.labels if apart else short_labels(shown), shown, strict=True)
    ]
    buttons.append(Button(world.wording("button.none"), payload("none")))
    names = [*(apart.labels if apart else map(named, shown)), buttons[-1].label]
    listed = "\n".join(f"{n}. {name}" for n, name in enumerate(names, 1))
    return Outgoing(
        _asking(world, apart, listed),
        buttons=tuple(buttons),
        decision=DecisionKind.CHOICES,
        codes=tuple(codes),
    )


def _told_apart(entries: Sequence[Entry]) -> list[Entry]:
    """Return one of those that read alike or differ by their level only: the first."""
    places = unlike([entry.code for entry in entries])
    kept = [entries[place] for place in places]
    shown = list({named(entry).lower(): entry for entry in reversed(kept)}.values())
    return shown[::-1][:MOST_CHOICES]


def _asking(world: World, apart: Difference | None, listed: str) -> str:
    if apart is None:
        return world.wording("choices", listed=listed)
    if apart.question:
        return world.wording("choices.apart", question=apart.question, listed=listed)
    return world.wording("choices.about", matter=apart.matter, listed=listed)


def hotlines_card(world: World, lines: Sequence[Entry]) -> Outgoing:
    """Return the public numbers; one that nobody vouches for reads "đang cập nhật"."""
    unknown = world.wording("hotline.unknown")
    listed = [f"{line.title}: {line.phone or unknown}" for line in lines]
    sources = {line.source: line for line in lines if line.source}
    listed += [_source_line(world, line) for line in sources.values()]
    return Outgoing(
        world.wording("hotlines", listed="\n".join(listed)),
        sources=tuple(source for line in sources.values() for source in _sources(line)),
        decision=DecisionKind.ANSWER,
    )


def short_labels(entries: Sequence[Entry]) -> list[str]:
    """Return a label of at most 35 characters for each, all different.

    Titles that begin alike lose their common beginning, so that the difference is what shows.
    """
    names = [label_of(entry) or _sentence_case(entry.title) for entry in entries]
    if any(len(name) > LABEL for name in names) and len(names) > 1:
        names = _without_common_start(names)
    labels = [cut(name, LABEL) for name in names]
    return [
        label if labels.count(label) == 1 else _both_ends(name)
        for label, name in zip(labels, names, strict=True)
    ]


def _both_ends(name: str) -> str:
    """Return a name cut in the middle, for names that differ only at their end."""
    if len(name) <= LABEL:
        return name
    head = cut(name, LABEL // 2 - 1)
    words = name.split()
    tail = next(t for n in range(len(words)) if len(t := " ".join(words[n:])) < LABEL - len(head))
    return f"{head} {tail}"


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
    limit = _BRIEFER if facet else _BRIEF
    rest = [
        _fact_line(world, entry, shown, limit)
        for shown in _SHOWN
        if shown is not facet and _is_sound(entry, shown)
    ]
    summary = [] if facet else _if_any(cut(entry.summary, _SUMMARY))
    return [_title(entry), *first, *summary, *rest, *_uncertain_line(world, entry, facet)]


def _rest_line(world: World, entry: Entry, facet: Facet | None) -> str:
    """Offer in one line what else is known, else ask whether it helped."""
    rest = [shown for shown in _SHOWN if shown is not facet and _is_sound(entry, shown)]
    if not rest:
        return world.wording("card.helped")
    what = ", ".join(world.wording(f"topic.{shown}") for shown in rest)
    return world.wording("card.rest", what=what)


def _title(entry: Entry) -> str:
    name = cut(entry.short_label or _sentence_case(entry.title), _LONGEST_TITLE)
    return name.upper() if len(name) <= 60 else name


def _asked_line(world: World, entry: Entry, facet: Facet) -> str:
    if _is_sound(entry, facet):
        items = _items(entry.facts[facet].text)
        name = world.wording(f"facet.{facet}")
        return f"{name}: {items[0]}" if len(items) == 1 else _listed(world, f"{name}:", items)
    what = world.wording(f"facet.{facet}")
    return world.wording("card.asked_unsure", what=what, counter=counter(world, entry))


def _fact_line(world: World, entry: Entry, facet: Facet, limit: int) -> str:
    """Return a fact in one line: as many whole items as fit, at least one."""
    items = _items(entry.facts[facet].text)
    shown = items[:1]
    for item in items[1:]:
        if len("; ".join((*shown, item))) > limit:
            break
        shown.append(item)
    text = cut("; ".join(shown), max(limit, _BRIEF))
    left = len(items) - len(shown)
    more = f"; {world.wording('card.left', count=left)}" if left else ""
    return f"{world.wording(f'facet.{facet}')}: {text}{more}"


def _items(text: str) -> list[str]:
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
    unsure = [f for f in _SHOWN if f is not facet and not _is_sound(entry, f)]
    if not unsure:
        return []
    what = ", ".join(world.wording(f"topic.{f}") for f in unsure)
    return [world.wording("card.unsure", what=what, counter=counter(world, entry))]


def _is_sound(entry: Entry, facet: Facet) -> bool:
    fact = entry.facts.get(facet)
    return fact is not None and fact.sound and bool(fact.text.strip())


def counter(world: World, entry: Entry) -> str:
    """Return whom to ask about what is not certain: what a commune does, in the commune."""
    if entry.level == "commune" and entry.agencies[:1] != (ANY_COMMUNE,):
        return world.wording("card.counter_commune")
    if entry.agencies:
        return world.name_of(entry.agencies[0])
    return world.wording("card.counter")


def _source_line(world: World, entry: Entry) -> str:
    if not entry.source:
        return world.wording("card.source_unknown")
    if entry.checked_on is None:
        return world.wording("card.source", title=entry.source)
    day = date_in_figures(entry.checked_on)
    return world.wording("card.source_checked", title=entry.source, day=day)


def _sources(entry: Entry) -> tuple[Source, ...]:
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
    if not _is_sound(entry, shown):
        return False
    items = _items(entry.facts[shown].text)
    if facet is None:
        return len("; ".join(items)) > _BRIEF
    return len(items) > _MOST_LINES or any(len(item) > _LINE for item in items[1:])


def _phone(world: World, entry: Entry) -> tuple[Button, ...]:
    if entry.kind is not EntryKind.HOTLINE or not entry.phone:
        return ()
    return (Button(world.wording("button.call", phone=entry.phone), phone=entry.phone),)


def sides_card(world: World, offered: Sequence[tuple[Entry, str]], facet: Facet) -> Outgoing | None:
    """Return one side of each entry that is offered under a label; None where none is known.

    "ở đâu", asked before the choice, is often the same for all of them.
    """
    known = [entry for entry, _ in offered if _is_sound(entry, facet)]
    if not known:
        return None
    lines = [
        f"{number}. {label}: {_side(world, entry, facet)}"
        for number, (entry, label) in enumerate(offered, 1)
    ]
    sources = dict.fromkeys(_source_line(world, entry) for entry in known)
    text = world.wording(
        "choices.sides", what=world.wording(f"topic.{facet}"), lines="\n".join(lines)
    )
    return Outgoing(
        "\n".join((text, *sources)),
        sources=tuple(dict.fromkeys(source for entry in known for source in _sources(entry))),
        decision=DecisionKind.CHOICES,
        codes=tuple(entry.code for entry, _ in offered),
    )


def _side(world: World, entry: Entry, facet: Facet) -> str:
    if not _is_sound(entry, facet):
        return world.wording("choices.side_unknown", counter=counter(world, entry))
    return cut("; ".join(_items(entry.facts[facet].text)), _BRIEFER)


def named(entry: Entry) -> str:
    """Return a name that is long enough to tell one choice from another."""
    return cut(label_of(entry) or _sentence_case(entry.title), _LISTED)


def _without_common_start(names: Sequence[str]) -> list[str]:
    words = [name.split() for name in names]
    shared = 0
    while all(len(w) > shared + 1 for w in words) and len({w[shared].lower() for w in words}) == 1:
        shared += 1
    if shared < 2:
        return list(names)
    return [_sentence_case(" ".join(w[shared:]).strip(" ()–-,")) for w in words]


def _sentence_case(title: str) -> str:
    name = title.removeprefix("Thủ tục ").strip()
    name = name.lower() if name.isupper() and len(name) > LABEL else name
    return name[:1].upper() + name[1:]


def _if_any(text: str) -> list[str]:
    return [text] if text else []
