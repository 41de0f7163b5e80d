"""How an answer reaches a citizen whose channel closes first: the choice, and the number."""

import re
from dataclasses import replace

from bot.conversation.acts import ChooseRoad, Reply, Step
from bot.conversation.letters import road_buttons, status_list
from bot.conversation.replies import button, say
from bot.conversation.state import Awaiting, Memory
from bot.conversation.words import bare
from bot.conversation.world import Asked, World
from bot.questions.codes import spoken_groups
from bot.questions.life import State
from bot.reach.roads import ASKING, Road, masked, number_in
from bot.reach.windows import has_window

_WANTED = re.compile(
    r"(?:(?:toi|tui|em|chau|con|muon|xin|nho|can bo|duoc|co tra loi thi|khi nao co thi) )*"
    r"(?:goi|dien thoai)(?: dien)?(?: thoai)?(?: lai)?(?: (?:cho|bao|bao cho))?"
    r" (?:toi|tui|em|chau|con|minh)(?: (?:nha|nhe|nghe|nghen|di|giup|gium|luon))*"
)
_WAYS = re.compile(
    r"(?:(?:toi|tui|muon|xin|doi|chon|xem|cho) )*cach nhan (?:cau )?tra loi(?: khac)?"
)
_UNWANTED = re.compile(
    r"(?:(?:toi|tui|xin|thoi|lam on) )*(?:dung|khoi|khong can|khong muon|khong|hong can|hong)"
    r"(?: (?:co|ai|can|phai|can bo))* goi(?: (?:dien|lai|cho|toi|tui|em|nua|dau|ve|viec|nay))*"
)
#: so many figures are meant as a number, even where no telephone has it
_NEARLY = 7
#: a number in groups: "0912 345 678"
_NUMBER_IN_WORDS = 4


def in_words(world: World, memory: Memory, text: str) -> Step | None:
    """Read "gọi cho tôi" and "đừng gọi nữa" for the buttons that say the same."""
    still_open = world.open_questions
    if not has_window(world.channel) or not still_open:
        return None
    words = bare(text)
    if _WAYS.fullmatch(words):
        return choices(world, memory, world.open_one(memory.question) or still_open[0])
    given = [asked for asked in still_open if world.roads.get(asked.id) in ASKING]
    if given and _UNWANTED.fullmatch(words):
        return choose(world, memory, given[0], Road.AGAIN)
    if not _WANTED.fullmatch(words):
        return None
    spoken_of = world.open_one(memory.question)
    if spoken_of is None:
        return Step(memory.settled(), (status_list(world, still_open, str(Road.CALL)),))
    return choose(world, memory, spoken_of, Road.CALL)


def choices(world: World, memory: Memory, asked: Asked) -> Step:
    """Show by which road a question's answer comes, and the others."""
    if not has_window(world.channel) or not asked.is_open:
        return Step(memory.settled(), (say(world, "road.none", code=spoken_groups(asked.code)),))
    chosen = world.roads.get(asked.id, Road.AGAIN)
    told = say(world, f"road.now.{chosen}", *road_buttons(world, asked.code), code=_code(asked))
    return Step(memory.settled(), (told,))


def choose(world: World, memory: Memory, asked: Asked, road: Road) -> Step:
    """Take a road; one that needs a telephone number asks for it first."""
    if not asked.is_open:
        return Step(memory.settled(), (say(world, "road.none", code=_code(asked)),))
    if road is Road.CALL or (road is Road.TEMPLATE and world.manner.template_to == "phone"):
        waiting = replace(
            memory.settled(), awaiting=Awaiting.PHONE, question=asked.id, road=str(road)
        )
        return Step(waiting, (say(world, f"road.ask.{road}", code=_code(asked)),))
    chosen = ChooseRoad(asked.id, road, "receipt.window.zalo")
    return Step(
        replace(memory.settled(), road=""),
        (chosen, say(world, f"road.taken.{road}", code=_code(asked))),
    )


def number_given(world: World, memory: Memory, text: str) -> Step | None:
    """Take the telephone number that was asked for, and say what it is used for."""
    asked = world.question(memory.question)
    if asked is None or not asked.is_open or not _is_asked_for(world, memory, text):
        return None
    number = number_in(text)
    if number is None:
        figures = sum(character.isdigit() for character in bare(text))
        return Step(memory, (say(world, "road.number"),)) if figures >= _NEARLY else None
    road = Road(memory.road)
    kept = say(
        world,
        f"road.taken.{road}",
        button(world, "road.stop", str(Road.AGAIN), asked.code),
        code=_code(asked),
        number=masked(number),
    )
    deeds: tuple[ChooseRoad | Reply, ...] = (
        ChooseRoad(asked.id, road, f"road.ask.{road}", number),
        kept,
    )
    return Step(replace(memory.settled(), road=""), deeds)


def _is_asked_for(world: World, memory: Memory, text: str) -> bool:
    """Whether a number was asked for, be it before another word such as "tới đâu rồi"."""
    if memory.awaiting is Awaiting.PHONE:
        return True
    is_whole = len(text.split()) <= _NUMBER_IN_WORDS and number_in(text) is not None
    return bool(memory.road) and is_whole and world.officer_left(State.WAITING) is None


def _code(asked: Asked) -> str:
    return spoken_groups(asked.code)
