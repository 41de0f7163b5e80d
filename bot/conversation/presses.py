"""Buttons, pressed or chosen by typing, become steps."""

from collections.abc import Callable
from dataclasses import replace

from bot.conversation import answers, followup, handover, ratings, roads
from bot.conversation.acts import Step, StillWaiting
from bot.conversation.cards import hotlines_card
from bot.conversation.choosing import asked_again, must_choose, offered
from bot.conversation.cues import Command, command_in
from bot.conversation.payloads import Press, is_payload, payload, read_payload
from bot.conversation.replies import menu, say
from bot.conversation.state import Awaiting, Memory, Offer
from bot.conversation.words import (
    begun_label,
    is_no,
    is_yes,
    label_in,
    number_in,
    pointed_label,
)
from bot.conversation.world import World
from bot.reach.roads import Road
from knowledge.decisions import DecisionKind
from knowledge.differences import answered

_NATIONAL_LINES = tuple(f"hotline:{number}" for number in (113, 114, 115, 112, 111))


#: buttons that carry the code of their question, and those of them about its answer's way
_ABOUT_A_QUESTION = {"clear", "more", "wrong", "status", "withdraw", "waiting"}
_ABOUT_ITS_WAY = {"roads", *map(str, Road)}


def press(world: World, memory: Memory, carried: str) -> Step:
    """Do what a button stands for by what it carries; an unknown one gets a kind word."""
    pressed = read_payload(carried)
    if pressed is None:
        return Step(memory, (say(world, "button.unknown", *menu(world)),))
    if pressed.act in _ABOUT_A_QUESTION:
        return _about_a_question(world, memory, pressed)
    if pressed.act in _ABOUT_ITS_WAY:
        return _about_its_way(world, memory, pressed)
    if pressed.act in {"rate", "publish", "air"}:
        return _after_the_answer(world, memory, pressed)
    return _plain_press(world, memory, pressed)


def _plain_press(world: World, memory: Memory, pressed: Press) -> Step:
    simple = {
        "none": lambda: handover.send_to_officer(world, memory, "none_of_these"),
        "officer": lambda: handover.send_to_officer(world, memory, "asked_for_officer"),
        "send": lambda: handover.send_anyway(world, memory),
        "erase": lambda: handover.case(world, memory, world.wording("erase.order"), "erase"),
        "helped": lambda: answers.helped(world, memory),
        "nothelped": lambda: answers.not_helped(world, memory),
        "mine": lambda: followup.mine(world, memory),
        "hotlines": lambda: hotlines(world, memory),
        "menu": lambda: Step(memory, (say(world, "menu", *menu(world)[1:]),)),
        "entry": lambda: answers.chosen(world, memory, pressed.argument),
    }
    act = simple.get(pressed.act)
    return act() if act else Step(memory.settled(), (say(world, "kept"),))


def hotlines(world: World, memory: Memory) -> Step:
    """Show the numbers that are the same everywhere in the country."""
    lines = [line for line in map(world.library.entry, _NATIONAL_LINES) if line is not None]
    card = hotlines_card(world, lines)
    return Step(memory, (card,), tuple(line.id for line in lines))


def _about_a_question(world: World, memory: Memory, pressed: Press) -> Step:
    asked = world.by_code(pressed.argument)
    if pressed.act == "withdraw":
        return followup.withdraw(world, memory, pressed.argument)
    if pressed.act == "status" or asked is None:
        return followup.status_of(world, memory, pressed.argument)
    if pressed.act == "clear":
        return ratings.clear(world, memory, asked)
    if pressed.act == "wrong":
        return followup.wrong(world, memory, asked)
    if pressed.act == "more" and memory.waiting_media and asked.is_open:
        return followup.add(world, memory, asked, "", ())
    if pressed.act == "more":
        return followup.ask_more(world, memory, asked)
    return Step(memory.settled(), (StillWaiting(), say(world, "waiting.noted")))


def _about_its_way(world: World, memory: Memory, pressed: Press) -> Step:
    asked = world.by_code(pressed.argument)
    if asked is None:
        return followup.status_of(world, memory, pressed.argument)
    if pressed.act == "roads":
        return roads.choices(world, memory, asked)
    return roads.choose(world, memory, asked, Road(pressed.act))


def _after_the_answer(world: World, memory: Memory, pressed: Press) -> Step:
    if pressed.act == "rate":
        return ratings.rate(world, memory, int(pressed.argument))
    if pressed.act == "publish":
        return ratings.publish(world, memory, pressed.argument == "yes")
    return ratings.air(world, memory, pressed.argument)


def typed_choice(world: World, memory: Memory, text: str) -> Step | None:
    """Read a text as a choice among what was offered; None where it is something else."""
    if not memory.offers:
        return None
    labelled = label_in(text, [offer.label for offer in memory.offers])
    if labelled is not None:
        return _take(world, memory, memory.offers[labelled])
    # the beginning of a procedure's name may as well be a new question
    acts = [offer for offer in memory.offers if not offer.payload.startswith(payload("entry"))]
    if (begun := begun_label(text, [offer.label for offer in acts])) is not None:
        return _take(world, memory, acts[begun])
    if (number := number_in(text)) is not None:
        return _numbered(world, memory, number)
    if _is_order(memory, command_in(text)):
        return None
    if is_no(text):
        return _meant(world, memory, lambda pressed: pressed.denies)
    if is_yes(text):
        return _meant(world, memory, lambda pressed: pressed.affirms)
    return _told_apart(world, memory, text)


def _is_order(memory: Memory, command: Command | None) -> bool:
    """Whether "không hiểu" asks for plainer words, "hiểu rồi" ends a choice: neither denies."""
    if command is Command.AGAIN:
        return must_choose(memory) or (memory.awaiting is Awaiting.HELPED and bool(memory.entry))
    return command in (Command.CLEAR, Command.DROP) and must_choose(memory)


def _told_apart(world: World, memory: Memory, text: str) -> Step | None:
    """Take what a short answer to our question means: "ở nước ngoài", "cái xe trước đi"."""
    found = offered(world, memory)
    meant = answered([entry.code for entry, _ in found], text)
    meant = pointed_label(text, [label for _, label in found]) if meant is None else meant
    return None if meant is None else press(world, memory, payload("entry", found[meant][0].id))


def _take(world: World, memory: Memory, offer: Offer) -> Step:
    """Do what an offer stands for; an address or a number is told, since nobody can press it."""
    if is_payload(offer.payload):
        return press(world, memory, offer.payload)
    return Step(memory, (say(world, "offer.told", label=offer.label, target=offer.payload),))


def _numbered(world: World, memory: Memory, number: int) -> Step | None:
    matters = [offer for offer in memory.offers if offer.payload != payload("none")]
    offers = matters if number == -1 else list(memory.offers)
    place = len(offers) if number == -1 else number
    if 1 <= place <= len(offers):
        return _take(world, memory, offers[place - 1])
    if memory.awaiting in (Awaiting.CHOICE, Awaiting.RATING, Awaiting.WITHDRAW):
        return Step(memory, (asked_again(world, memory, "choices.range", last=len(memory.offers)),))
    return None


def of_nothing(world: World, memory: Memory, text: str) -> Step | None:
    """Answer a choice where there is none to make: "2", "hông phải"."""
    if number_in(text) is None and not is_no(text):
        return None
    return Step(memory, (replace(say(world, "nothing_offered"), decision=DecisionKind.SMALLTALK),))


def _meant(world: World, memory: Memory, fits: Callable[[Press], bool]) -> Step | None:
    """Press the one offer that a plain yes or no means; ask for the number where none does."""
    read = [(offer, read_payload(offer.payload)) for offer in memory.offers]
    meant = [offer for offer, pressed in read if pressed and fits(pressed)]
    is_one_of_many = len(meant) > 1 and memory.awaiting is Awaiting.WITHDRAW
    if meant and not is_one_of_many:
        return press(world, memory, meant[0].payload)
    if memory.awaiting in (Awaiting.CHOICE, Awaiting.RATING, Awaiting.WITHDRAW):
        return Step(memory, (asked_again(world, memory, "choices.range", last=len(memory.offers)),))
    return None
