"""After the question: its state, additions, withdrawing it, asking again."""

import re
from dataclasses import replace
from datetime import timedelta

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from bot.conversation.acts import Add, Receipt, Reopen, Step, TakeBack, Withdraw
from bot.conversation.cues import (
    Command,
    Cue,
    command_in,
    cue_in,
    goes_on_grumbling,
    tells_where,
    topical_order,
)
from bot.conversation.letters import is_answered, status_list, status_message
from bot.conversation.replies import button, say
from bot.conversation.state import Awaiting, Memory
from bot.conversation.words import bare, plain
from bot.conversation.world import Asked, World
from bot.messages import Outgoing
from bot.questions.codes import LENGTH, spoken_groups
from bot.questions.life import State
from knowledge.decisions import Decision, DecisionKind, MatterKind

_SAME_TOPIC = 60
#: who has just sent a matter to officers may go on telling it for so long
_STILL_TELLING = timedelta(minutes=5)
_SHARED_WORDS = 3
_PLACE_IN_WORDS = 8
_TYPOS = 2
_FEWEST_DIGITS = 2
_LIKE_A_CODE = re.compile(
    r"(?:(?:ma|so|cau|hoi|xem|cua|toi|tui|em|la) )*"
    r"([0-9a-z]{3} ?[0-9a-z]{3} ?[0-9a-z]|[0-9a-z]{6,8})"
    r"(?: (?:toi dau|den dau|sao|xong).*)?"
)


def mine(world: World, memory: Memory) -> Step:
    """List the open questions, or the latest one where none is open."""
    still_open = world.open_questions
    if len(still_open) > 1:
        return Step(memory.settled(), (status_list(world, still_open),))
    latest = still_open or tuple(q for q in world.questions if q.state is not State.AUTO_ANSWERED)
    if latest:
        return Step(memory.settled(), (status_message(world, latest[0]),))
    return Step(memory.settled(), (say(world, "status.none"),))


def status_of(world: World, memory: Memory, code: str) -> Step:
    """Tell where the question of a code stands; to a stranger its state only."""
    asked = world.by_code(code) or world.looked_up.get(code)
    if asked is None:
        return Step(memory, (say(world, "status.unknown", code=spoken_groups(code)),))
    return Step(memory.settled(), (status_message(world, asked),))


def mistyped(world: World, memory: Memory, text: str) -> Step | None:
    """Take what looks like a code and is none for the citizen's own code that is nearest."""
    order = topical_order(text)
    if command_in(text) or cue_in(text) is Cue.PLACE or (order and order[1].isdigit()):
        return None
    found = _LIKE_A_CODE.fullmatch(bare(text))
    code = found[1].replace(" ", "").upper() if found else ""
    if not any(map(str.isdigit, code)) or code.isdigit():
        return None
    near = [q for q in world.questions if Levenshtein.distance(q.code, code) <= _TYPOS]
    is_word = sum(map(str.isdigit, code)) < _FEWEST_DIGITS  # "nhà cấp 4"
    if len(near) != 1 and (len(code) != LENGTH or is_word):
        return None
    return status_of(world, memory, near[0].code if len(near) == 1 else code)


def withdraw_which(world: World, memory: Memory) -> Step:
    """Ask which question to withdraw, and whether really."""
    if memory.awaiting is Awaiting.CHOICE:
        return drop(world, memory)
    still_open = world.open_questions
    if not still_open:
        return Step(memory, (say(world, "withdraw.none"),))
    waiting = replace(memory.settled(), awaiting=Awaiting.WITHDRAW)
    if len(still_open) > 1:
        return Step(waiting, (status_list(world, still_open, "withdraw"),))
    return Step(waiting, (_really(world, still_open[0]),))


def drop(world: World, memory: Memory) -> Step:
    """Let go of what was offered: a question nobody has taken up yet is withdrawn."""
    asked = world.question(memory.question)
    memory = replace(memory, road="")
    if asked is None or asked.state is not State.CHOOSING:
        return Step(memory.settled(), (say(world, "kept"),))
    forgotten = replace(memory.settled(), asked="")
    return Step(forgotten, (Withdraw(asked.id), say(world, "kept")))


def withdraw(world: World, memory: Memory, code: str) -> Step:
    """Withdraw a question of the citizen's own."""
    asked = world.by_code(code)
    if asked is None or not asked.is_open:
        return Step(memory.settled(), (say(world, "withdraw.none"),))
    done = say(world, "withdraw.done", code=spoken_groups(asked.code))
    return Step(memory.settled(), (Withdraw(asked.id), done))


def ask_more(world: World, memory: Memory, asked: Asked | None) -> Step:
    """Invite the words that go with a question."""
    if asked is None:
        return Step(memory, (say(world, "prompt"),))
    waiting = replace(memory.settled(), awaiting=Awaiting.MORE, question=asked.id)
    return Step(waiting, (say(world, "more.ask", code=spoken_groups(asked.code)),))


def wrong(world: World, memory: Memory, asked: Asked | None) -> Step:
    """Open an answered question again and ask what was not right."""
    if asked is None or not (is_answered(asked) or asked.state is State.REFUSED):
        return ask_more(world, memory, asked)
    waiting = replace(memory.settled(), awaiting=Awaiting.MORE, question=asked.id)
    receipt = Receipt("receipt.again", asked.agency, asked.code)
    return Step(waiting, (Reopen(asked.id), receipt, say(world, "wrong.ask")))


def add(world: World, memory: Memory, asked: Asked, text: str, media: tuple[int, ...]) -> Step:
    """Tie words or pictures to a question; one that was answered is opened again."""
    remembered = replace(memory.settled(), question=asked.id, waiting_media=())
    pictures = (*memory.waiting_media, *media)
    if asked.is_open or asked.state is State.CHOOSING:
        noted = say(world, "more.noted", code=spoken_groups(asked.code))
        return Step(remembered, (Add(asked.id, text, pictures), noted))
    if is_answered(asked) or asked.state is State.REFUSED:
        tied = (Add(asked.id, "", pictures),) if pictures else ()
        receipt = Receipt("receipt.again", asked.agency, asked.code)
        return Step(remembered, (Reopen(asked.id, text), *tied, receipt))
    return Step(memory.settled(), (say(world, "withdraw.none"),))


def supplement(world: World, memory: Memory, text: str, media: tuple[int, ...]) -> Step | None:
    """Tie an addition to the open question it is about; ask where that is not clear."""
    still_open = world.open_questions
    if not still_open:
        return None
    asked = still_open[0] if len(still_open) == 1 else _same_topic(still_open, text)
    if asked is not None:
        return add(world, memory, asked, text, media)
    waiting = replace(memory.settled(), waiting_media=(*memory.waiting_media, *media))
    return Step(waiting, (status_list(world, still_open, "more"),))


def topical(world: World, memory: Memory, text: str) -> Step | None:
    """Obey an order about one of the citizen's questions, told by its topic; else None."""
    order = topical_order(text)
    if order is None:
        return None
    command, topic = order
    is_over = command is Command.STATUS and not world.open_questions
    among = world.questions if is_over else world.open_questions
    asked = _meant(among, topic)
    if asked is None:
        return None
    if command is Command.STATUS:
        return Step(memory.settled(), (status_message(world, asked),))
    waiting = replace(memory.settled(), awaiting=Awaiting.WITHDRAW)
    return Step(waiting, (_really(world, asked),))


def _meant(among: tuple[Asked, ...], topic: str) -> Asked | None:
    """Return the question that a topic, or its number in our list, stands for."""
    if topic.isdigit():
        place = int(topic)
        return among[place - 1] if 1 <= place <= len(among) else None
    return _same_topic(among, topic) if among else None


def goes_on(world: World, memory: Memory, text: str, decision: Decision) -> Step | None:
    """Take what follows a question for officers at once and is about the same for a part of it."""
    asked = world.question(memory.question)
    if asked is None or not asked.is_open or world.now - asked.received_at > _STILL_TELLING:
        return None
    shared = set(plain(text).split()) & set(plain(asked.text).split())
    is_same = decision.kind is DecisionKind.HANDOFF and len(shared) >= _SHARED_WORDS
    is_unclear = decision.kind is DecisionKind.SMALLTALK and decision.topic in ("", "chatter")
    is_more = is_unclear and asked.matter is not MatterKind.DENUNCIATION and " " in bare(text)
    is_where = tells_where(text) and len(text.split()) <= _PLACE_IN_WORDS
    is_part = goes_on_grumbling(text) or (is_where and decision.kind is not DecisionKind.ANSWER)
    if not is_same and not is_more and not is_part:
        return None
    return add(world, memory, asked, text, ())


def repeated(world: World, memory: Memory, text: str) -> Step | None:
    """Answer a question sent twice with where the first one stands."""
    said = plain(text)
    again = next((q for q in world.open_questions if said and plain(q.text) == said), None)
    return Step(memory.settled(), (status_message(world, again),)) if again else None


def take_back(world: World, memory: Memory) -> Step:
    """Withdraw what was agreed to for publication, for every question of the citizen.

    Before any answer "rút lại" can only mean the question itself.
    """
    given = tuple(
        TakeBack(q.id) for q in world.questions if q.state in (State.ANSWERED, State.RATED)
    )
    if given:
        return Step(memory.settled(), (*given, say(world, "consent.taken_back")))
    if world.open_questions:
        return withdraw_which(world, memory.settled())
    return Step(memory.settled(), (say(world, "consent.none"),))


def _really(world: World, asked: Asked) -> Outgoing:
    return say(
        world,
        "withdraw.really",
        button(world, "withdraw", "withdraw", asked.code),
        button(world, "keep", "keep"),
        code=spoken_groups(asked.code),
    )


def _same_topic(questions: tuple[Asked, ...], text: str) -> Asked | None:
    """Return the one question whose words are clearly nearest; None where two are as near."""
    said = plain(text)
    near = [fuzz.token_set_ratio(said, plain(q.text)) for q in questions]
    best = max(near)
    return questions[near.index(best)] if best >= _SAME_TOPIC and near.count(best) == 1 else None
