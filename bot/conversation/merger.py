"""What became of a commune on 1 July 2025: "xã Đại Tâm giờ thuộc xã nào"."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.conversation.acts import Step
from bot.conversation.replies import say
from bot.conversation.state import Awaiting, Memory
from bot.conversation.words import plain
from bot.conversation.world import World
from bot.directory.communes import SOURCE
from bot.messages import Outgoing, Source
from knowledge.decisions import Decision, DecisionKind
from knowledge.places import Place

_MOST = 8
_UNITS = frozenset("xa phuong thi tran tt huyen quan tinh tp thanh pho ap khom".split())
#: words that may stand around a name: "còn xã Lai Hòa cũ thì sao vậy"
_AROUND = _UNITS | frozenset(
    "a ban con cu da gi gio ha hoi la luc me nao nay nua o oi roi sao ta thi the truoc va vay voi "
    "xua hien toi tui em minh co ma nha thuoc".split()
)


def merged(world: World, memory: Memory, text: str, decision: Decision) -> Step | None:
    """Tell what a former commune is now, or what one of today was made of; ask which else."""
    del decision
    found = world.library.namesakes(text)
    if found:
        return _answered(world, memory, found)
    if not _UNITS & set(plain(text).split()):
        return None
    if memory.commune and (mine := _of_today(world, memory.commune)):
        line = world.wording("merger.yours", now=_inline(mine.name))
        return Step(replace(memory, awaiting=Awaiting.MERGER), (_told(world, [line]),))
    manner = world.manner
    which = say(world, "merger.which", place=manner.place, formerly=manner.formerly)
    waiting = replace(memory, awaiting=Awaiting.MERGER)
    return Step(waiting, (replace(which, decision=DecisionKind.SMALLTALK),))


def next_name(world: World, memory: Memory, text: str) -> Step | None:
    """Tell the same of the next name: "còn xã Tham Đôn"; None for any other matter."""
    if memory.awaiting is not Awaiting.MERGER:
        return None
    found = world.library.namesakes(text)
    known = {word for place in found for word in plain(f"{place.name} {place.district}").split()}
    is_name = bool(found) and set(plain(text).split()) <= known | _AROUND
    return _answered(world, memory, found) if is_name else None


def today(world: World, agency: str) -> str:
    """Return the name of a commune of today as it stands in a sentence."""
    found = _of_today(world, agency)
    return _inline(found.name) if found else world.name_of(agency).removeprefix("UBND ")


def _answered(world: World, memory: Memory, found: Sequence[Place]) -> Step:
    agencies = {place.agency for place in found}
    commune = agencies.pop() if len(agencies) == 1 else memory.commune
    remembered = replace(memory, commune=commune, awaiting=Awaiting.MERGER)
    return Step(remembered, (_told(world, list(dict.fromkeys(_lines(world, found)))),))


def _told(world: World, lines: Sequence[str]) -> Outgoing:
    shown = [f"– {line}." for line in lines[:_MOST]]
    if len(lines) > _MOST:
        shown.append(world.wording("merger.more", count=len(lines) - _MOST))
    told = say(world, "merger.told", lines="\n".join(shown))
    return replace(told, decision=DecisionKind.ANSWER, sources=(Source(SOURCE),))


def _lines(world: World, found: Sequence[Place]) -> Iterator[str]:
    successions: dict[str, list[str]] = {}
    told = {(place.agency, place.name) for place in found if not place.former}
    for place in found:
        if not place.former:
            yield _made_of(world, place)
        elif (place.agency, place.name) not in told:  # what kept its name is told already
            old = f"{place.name} ({_inline(place.district)}, {_inline(place.province)})"
            successions.setdefault(old, []).append(today(world, place.agency))
    for old, (now, *rest) in successions.items():
        message_id = "merger.split" if rest else "merger.was"
        yield world.wording(message_id, old=old, now=now, rest=", ".join(rest))


def _made_of(world: World, now: Place) -> str:
    olds = [old.name for old in world.library.parts(now.agency) if old.former]
    message_id = "merger.unchanged" if olds in ([], [now.name]) else "merger.made_of"
    return world.wording(message_id, now=now.name, olds=_listed(olds))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(_inline, names))


def _inline(name: str) -> str:
    """Return a name as it stands within a sentence: "phường Mỹ Xuyên"."""
    return name[:1].lower() + name[1:]


def _of_today(world: World, agency: str) -> Place | None:
    parts = world.library.parts(agency)
    return next((place for place in parts if not place.former), None)
