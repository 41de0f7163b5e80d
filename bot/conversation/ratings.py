"""After the answer: how it was, and what may be done with it. No answer is no use."""

from dataclasses import replace

from bot.conversation.acts import Consent, Rate, Step
from bot.conversation.letters import (
    consent_to_air,
    consent_to_publish,
    is_answered,
    rating_message,
)
from bot.conversation.minors import kept_private
from bot.conversation.replies import button, say
from bot.conversation.state import Awaiting, Memory
from bot.conversation.world import Asked, World

_NOT_SATISFIED = 3


def clear(world: World, memory: Memory, asked: Asked | None) -> Step:
    """Take "rõ rồi" for the end of the matter and ask how the answer was."""
    if asked is None or not is_answered(asked):
        return Step(memory.settled(), (say(world, "helped"),))
    waiting = replace(memory.settled(), awaiting=Awaiting.RATING, question=asked.id)
    return Step(waiting, (rating_message(world.wording, asked.id),))


def rate(world: World, memory: Memory, score: int) -> Step:
    """Record the score; a content asker is asked for consent, another what was missing."""
    asked = world.question(memory.question)
    if asked is None or not is_answered(asked):
        return Step(memory.settled(), (say(world, "rating.none"),))
    given = Rate(asked.id, score)
    if score == _NOT_SATISFIED:
        sorry = say(
            world,
            "rating.sorry",
            button(world, "more", "more", asked.code),
            button(world, "wrong", "wrong", asked.code),
        )
        return Step(memory.settled(), (given, sorry))
    if asked.is_sealed or memory.minor:
        return Step(memory.settled(), (given, say(world, "rating.thanks")))
    waiting = replace(memory.settled(), awaiting=Awaiting.CONSENT_PUBLISH)
    return Step(waiting, (given, consent_to_publish(world.wording, asked.id)))


def publish(world: World, memory: Memory, agreed: bool) -> Step:
    """Record the use "publish", then ask for the use "air" apart from it."""
    asked = world.question(memory.question)
    if asked is None or asked.is_sealed:
        return Step(memory.settled(), (say(world, "rating.none"),))
    if memory.minor:
        return kept_private(world, memory, asked, "publish")
    given = Consent(asked.id, "publish", agreed, "consent.publish")
    waiting = replace(memory.settled(), awaiting=Awaiting.CONSENT_AIR)
    return Step(waiting, (given, consent_to_air(world.wording, asked.id)))


def leave(world: World, memory: Memory) -> Step:
    """Take "thôi khỏi" for a no to every use, without asking again."""
    asked = world.question(memory.question)
    no = (Consent(asked.id, "publish", False, "consent.publish"),) if asked else ()
    return Step(memory.settled(), (*no, say(world, "consent.unused")))


def air(world: World, memory: Memory, how: str) -> Step:
    """Record the uses "air" and "name": "hidden", "named" or "no"."""
    asked = world.question(memory.question)
    if asked is None or asked.is_sealed:
        return Step(memory.settled(), (say(world, "rating.none"),))
    if memory.minor:
        return kept_private(world, memory, asked, "air")
    uses = (
        Consent(asked.id, "air", how != "no", "consent.air"),
        Consent(asked.id, "name", how == "named", "consent.air"),
    )
    thanks = say(world, "consent.no" if how == "no" else "consent.yes")
    return Step(memory.settled(), (*uses, thanks))
