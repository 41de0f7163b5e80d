"""Several entries to choose from as one message: what tells them apart, one side of each. Pure."""

from collections.abc import Sequence

from bot.conversation.cards import (
    BRIEFER,
    counter,
    cut,
    is_sound,
    items_of,
    named,
    sentence_case,
    source_line,
    sources_of,
)
from bot.conversation.payloads import payload
from bot.conversation.replies import numbered
from bot.conversation.world import World
from bot.messages import Button, Outgoing
from knowledge.decisions import DecisionKind
from knowledge.differences import Difference, difference, unlike
from knowledge.entries import Entry, Facet
from knowledge.labels import LONGEST as LABEL
from knowledge.labels import label_of

MOST_CHOICES = 4
_SAME = 250


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
    return Outgoing(
        _asking(world, apart, numbered(names)),
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


def short_labels(entries: Sequence[Entry]) -> list[str]:
    """Return a label of at most 35 characters for each, all different.

    Titles that begin alike lose their common beginning, so that the difference is what shows.
    """
    names = [label_of(entry) or sentence_case(entry.title) for entry in entries]
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


def sides_card(world: World, offered: Sequence[tuple[Entry, str]], facet: Facet) -> Outgoing | None:
    """Return one side of each entry that is offered under a label; None where none is known.

    "ở đâu", asked before the choice, is often the same for all of them.
    """
    known = [entry for entry, _ in offered if is_sound(entry, facet)]
    if not known:
        return None
    lines = numbered(f"{label}: {_side(world, entry, facet)}" for entry, label in offered)
    sources = dict.fromkeys(source_line(world, entry) for entry in known)
    text = _same_for_all(world, offered, facet) or world.wording(
        "choices.sides", what=world.wording(f"topic.{facet}"), lines=lines
    )
    return Outgoing(
        "\n".join((text, *sources)),
        sources=tuple(dict.fromkeys(source for entry in known for source in sources_of(entry))),
        decision=DecisionKind.CHOICES,
        codes=tuple(entry.code for entry, _ in offered),
    )


def _same_for_all(world: World, offered: Sequence[tuple[Entry, str]], facet: Facet) -> str:
    """Return the one side that all have, told once; nothing where they differ."""
    told = {e.facts[facet].text if is_sound(e, facet) else "" for e, _ in offered}
    if len(offered) < 2 or len(told) > 1:
        return ""
    side = cut("; ".join(items_of(told.pop())), _SAME)
    listed = numbered(label for _, label in offered)
    what = world.wording(f"topic.{facet}")
    return world.wording("choices.same", what=what, side=side, listed=listed)


def _side(world: World, entry: Entry, facet: Facet) -> str:
    if not is_sound(entry, facet):
        return world.wording("choices.side_unknown", counter=counter(world, entry))
    return cut("; ".join(items_of(entry.facts[facet].text)), BRIEFER)


def _without_common_start(names: Sequence[str]) -> list[str]:
    words = [name.split() for name in names]
    shared = 0
    while all(len(w) > shared + 1 for w in words) and len({w[shared].lower() for w in words}) == 1:
        shared += 1
    if shared < 2:
        return list(names)
    return [sentence_case(" ".join(w[shared:]).strip(" ()–-,")) for w in words]
