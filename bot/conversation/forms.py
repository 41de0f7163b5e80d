"""A contact form that a citizen filled in: it belongs to the question that waits for an answer."""

from collections.abc import Mapping
from typing import Any

from bot.conversation.acts import Add, Step
from bot.conversation.hearing import Thought
from bot.conversation.replies import say
from bot.conversation.state import Memory
from bot.conversation.world import World
from bot.questions.codes import spoken_groups

_FIELDS = ("name", "phone", "address")


def given(world: World, memory: Memory, thought: Thought) -> Step:
    """Tie what the citizen gave to the open question; without one nothing of it is kept there."""
    details = _in_words(world, thought.pending[-1].event.detail)
    asked = world.open_one(memory.question)
    if asked is None or not details:
        return Step(memory, (say(world, "form.unneeded"),))
    noted = Add(asked.id, world.wording("form.noted", details=details), thought.message_ids)
    return Step(memory, (noted, say(world, "form.kept", code=spoken_groups(asked.code))))


def phone_in(thought: Thought) -> str:
    """Return the telephone number of a form as one may dial it, empty where it has none."""
    number = str(thought.pending[-1].event.detail.get("phone", ""))
    return f"+{number}" if number.startswith("84") else number


def _in_words(world: World, detail: Mapping[str, Any]) -> str:
    given_ = ((name, str(detail.get(name, ""))) for name in _FIELDS)
    return "; ".join(world.wording(f"form.{name}", value=value) for name, value in given_ if value)
