"""What is offered and not taken yet: told again, one side of it told, never forgotten."""

from dataclasses import replace

from bot.conversation.acts import Step
from bot.conversation.choices import sides_card
from bot.conversation.payloads import payload, read_payload
from bot.conversation.replies import numbered, say
from bot.conversation.state import Memory
from bot.conversation.world import World
from bot.messages import Button, Outgoing
from knowledge.decisions import DecisionKind
from knowledge.entries import Entry, Facet


def must_choose(memory: Memory) -> bool:
    """Whether matters are offered and none is taken yet."""
    return any(offer.payload.startswith(payload("entry")) for offer in memory.offers)


def offered(world: World, memory: Memory) -> list[tuple[Entry, str]]:
    """Return the entries that can be chosen, with their labels."""
    read = [(read_payload(offer.payload), offer.label) for offer in memory.offers]
    ids = [(pressed.argument, label) for pressed, label in read if pressed]
    found = [(world.library.entry(entry_id), label) for entry_id, label in ids]
    return [(entry, label) for entry, label in found if entry is not None]


def asked_again(world: World, memory: Memory, message_id: str, **values: object) -> Outgoing:
    """Return a sentence with all that is offered, numbered: nobody scrolls back for it."""
    listed = numbered(offer.label for offer in memory.offers)
    asked = say(world, message_id, *_buttons(memory), listed=listed, **values)
    return replace(asked, decision=DecisionKind.CHOICES)


def remembered_facet(world: World, memory: Memory, facet: Facet | None) -> Step:
    """Tell the side asked about of all that is offered, else ask for the choice first."""
    remembered = replace(memory, facet=facet or memory.facet)
    found = offered(world, memory)
    told = sides_card(world, found, facet) if facet else None
    if told is not None:
        told = replace(told, buttons=_buttons(memory))
        return Step(remembered, (told,), tuple(entry.id for entry, _ in found))
    if facet is None or facet is Facet.STEPS:
        return Step(remembered, (asked_again(world, memory, "choices.first"),))
    what = world.wording(f"topic.{facet}")
    return Step(remembered, (asked_again(world, memory, "choices.unsure", what=what),))


def _buttons(memory: Memory) -> tuple[Button, ...]:
    """Return the buttons that the offers were: an address to open stays one."""
    return tuple(
        Button(offer.label, url=offer.payload)
        if offer.payload.startswith("https://")
        else Button(offer.label, offer.payload)
        for offer in memory.offers
    )
