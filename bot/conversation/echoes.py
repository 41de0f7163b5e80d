"""Never the same sentence twice in a row: what would be said again is said another way."""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import blake2b

from bot.conversation.acts import Step
from bot.conversation.choosing import must_choose
from bot.conversation.replies import button, say
from bot.conversation.state import Memory
from bot.conversation.world import World
from bot.messages import Outgoing
from knowledge.decisions import DecisionKind

_VARIED = {DecisionKind.ANSWER, DecisionKind.CHOICES, DecisionKind.SMALLTALK}
_DIGEST = 6
#: sentences that have another way to be said
_OTHERWISE = {"smalltalk.thanks": "smalltalk.bye", "scam": "scam.still"}


def unechoed(world: World, memory: Memory, step: Step) -> Step:
    """Return the step with its only reply said another way where it would repeat the last one.

    Numbers to call and where a question stands are said as often as they are asked for.
    """
    replies = [deed for deed in step.deeds if isinstance(deed, Outgoing)]
    if len(step.deeds) == 1 and replies and _digest(replies) == memory.said:
        step = replace(step, deeds=(_varied(world, memory, replies[0]),))
        replies = [deed for deed in step.deeds if isinstance(deed, Outgoing)]
    said = _digest(replies) if step.deeds else memory.said
    return replace(step, memory=replace(step.memory, said=said))


def _varied(world: World, memory: Memory, reply: Outgoing) -> Outgoing:
    otherwise = {world.wording(one): world.wording(other) for one, other in _OTHERWISE.items()}
    if reply.text in otherwise:
        return replace(reply, text=otherwise[reply.text])
    if reply.decision not in _VARIED:
        return reply
    if reply.decision is DecisionKind.CHOICES:
        again = replace(reply, text=world.wording("echo.choices"), sources=(), codes=())
        return again if must_choose(memory) else reply
    if reply.decision is DecisionKind.ANSWER:
        officer, helped = button(world, "to_officer", "none"), button(world, "helped", "helped")
        told = say(world, "echo.answer", officer, helped)
        return replace(told, decision=DecisionKind.SMALLTALK)
    ways = reply.buttons or (() if memory.offers else (button(world, "officer", "officer"),))
    return replace(reply, text=world.wording("echo.smalltalk"), buttons=ways)


def _digest(replies: Iterable[Outgoing]) -> str:
    text = "\n".join(reply.text for reply in replies)
    return blake2b(text.encode(), digest_size=_DIGEST).hexdigest()
