"""What became of a commune on 1 July 2025: "xã Đại Tâm giờ thuộc xã nào"."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.conversation.acts import Step
from bot.conversation.replies import say
from bot.conversation.state import Memory
from bot.conversation.world import World
from bot.directory.communes import SOURCE
from bot.messages import Outgoing, Source
from knowledge.decisions import Decision, DecisionKind
from knowledge.places import Place

_MOST = 8


def merged(world: World, memory: Memory, text: str, decision: Decision) -> Step:
    """Tell what a former commune is now, or what one of today was made of; ask which else."""
    del decision
    found = world.library.namesakes(text)
    if not found:
        manner = world.manner
        which = say(world, "merger.which", place=manner.place, formerly=manner.formerly)
        return Step(memory, (replace(which, decision=DecisionKind.SMALLTALK),))
    agencies = {place.agency for place in found}
    known = replace(memory, commune=agencies.pop()) if len(agencies) == 1 else memory
    return Step(known, (_told(world, found),))


def _told(world: World, found: Iterable[Place]) -> Outgoing:
    lines = list(dict.fromkeys(_lines(world, found)))
    shown = [f"– {line}." for line in lines[:_MOST]]
    if len(lines) > _MOST:
        shown.append(world.wording("merger.more", count=len(lines) - _MOST))
    told = say(world, "merger.told", lines="\n".join(shown))
    return replace(told, decision=DecisionKind.ANSWER, sources=(Source(SOURCE),))


def _lines(world: World, found: Iterable[Place]) -> Iterator[str]:
    successions: dict[str, list[str]] = {}
    for place in found:
        if place.former:
            old = f"{place.name} ({place.district}, {place.province})"
            successions.setdefault(old, []).append(_today(world, place.agency))
        else:
            yield _made_of(world, place)
    for old, (now, *rest) in successions.items():
        message_id = "merger.split" if rest else "merger.was"
        yield world.wording(message_id, old=old, now=now, rest=", ".join(rest))


def _made_of(world: World, now: Place) -> str:
    olds = [old.name for old in world.library.parts(now.agency) if old.former]
    message_id = "merger.unchanged" if olds in ([], [now.name]) else "merger.made_of"
    return world.wording(message_id, now=now.name, olds=", ".join(olds))


def _today(world: World, agency: str) -> str:
    return next(place.name for place in world.library.parts(agency) if not place.former)
