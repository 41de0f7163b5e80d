"""Who is younger than eighteen: asked like anybody, never made public without a guardian."""

from dataclasses import replace

from bot.conversation.acts import Consent, NoteMinor, Step
from bot.conversation.cues import is_minor
from bot.conversation.replies import say
from bot.conversation.state import Memory
from bot.conversation.world import Asked, World


def noted(world: World, memory: Memory, text: str, step: Step) -> Step:
    """Remember that a minor speaks; what they asked before is marked as well."""
    if memory.minor or not text or not is_minor(text):
        return step
    marking = (NoteMinor(),) if world.questions else ()
    return replace(step, memory=replace(step.memory, minor=True), deeds=(*step.deeds, *marking))


def kept_private(world: World, memory: Memory, asked: Asked, use: str) -> Step:
    """Answer a wish to be published or aired: not without a guardian."""
    refused = Consent(asked.id, use, False, "minor.guardian")
    return Step(memory.settled(), (refused, say(world, "minor.guardian")))
