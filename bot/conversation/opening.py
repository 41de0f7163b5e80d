"""What is said before the first reply: who we are, and that we feel with the bereaved."""

from dataclasses import replace

from bot.conversation import media
from bot.conversation.acts import Step
from bot.conversation.cues import tells_of_a_death, tells_where
from bot.conversation.hearing import Thought
from bot.conversation.state import Memory
from bot.conversation.world import World
from bot.messages import IncomingKind, Outgoing
from knowledge.decisions import Decision, DecisionKind


def welcomed(
    world: World, before: Memory, step: Step, thought: Thought, decision: Decision | None
) -> Step:
    """Begin the first reply with a short welcome; an emergency is not held up by it."""
    is_urgent = decision is not None and decision.kind is DecisionKind.EMERGENCY
    if before.greeted or is_urgent or not step.replies or thought.kind is IncomingKind.OPENED:
        return step
    if decision is not None and decision.topic == "greeting" and not tells_where(thought.text):
        return media.opened(world, step.memory)
    welcome = world.wording("welcome.short", place=world.manner.place)
    opened = _begun(step, f"{welcome}\n")
    return replace(opened, memory=replace(step.memory, greeted=True))


def condoled(world: World, before: Memory, step: Step, text: str) -> Step:
    """Begin the reply to who tells of a death with a word of sympathy, once."""
    first = next(iter(step.replies), None)
    is_urgent = isinstance(first, Outgoing) and first.decision is DecisionKind.EMERGENCY
    if before.condoled or first is None or is_urgent or not tells_of_a_death(text):
        return step
    spoken = _begun(step, world.wording("condolence"))
    return replace(spoken, memory=replace(step.memory, condoled=True))


def _begun(step: Step, words: str) -> Step:
    """Return the step with words before its first reply."""
    first = step.replies[0]
    opened = (
        replace(first, text=f"{words}\n{first.text}")
        if isinstance(first, Outgoing)
        else replace(first, before=words.rstrip())
    )
    return replace(step, deeds=tuple(opened if deed is first else deed for deed in step.deeds))
