"""Small pieces that every act of the dialogue uses: a sentence with its buttons."""

from collections.abc import Iterable
from dataclasses import replace

from bot.conversation.acts import Reply
from bot.conversation.payloads import payload
from bot.conversation.state import Memory, Offer
from bot.conversation.world import World
from bot.messages import Button, Outgoing


def say(world: World, message_id: str, *buttons: Button, **values: object) -> Outgoing:
    """Return a sentence of the catalogue with buttons under it."""
    return Outgoing(world.wording(message_id, **values), buttons=buttons)


def numbered(lines: Iterable[str]) -> str:
    """Return lines with the numbers by which they are chosen."""
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def button(world: World, label: str, act: str, argument: str = "") -> Button:
    """Return a button; `label` is the last part of its message id."""
    return Button(world.wording(f"button.{label}"), payload(act, argument))


def menu(world: World) -> tuple[Button, ...]:
    """Return the four things a citizen can do here."""
    return (
        button(world, "howto", "menu"),
        button(world, "hotlines", "hotlines"),
        button(world, "mine", "mine"),
        button(world, "officer", "officer"),
    )


def with_offers(memory: Memory, replies: Iterable[Reply]) -> Memory:
    """Return the memory of what can now be chosen: the buttons of the last message that has any."""
    offers = memory.offers
    for reply in replies:
        offers = Offer.under(reply.buttons) or offers
    return replace(memory, offers=offers)
