"""What a citizen may order in plain words at any time."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.conversation import answers, asides, followup, handover, presses, ratings
from bot.conversation.acts import Step
from bot.conversation.choosing import must_choose
from bot.conversation.cues import Command, command_in
from bot.conversation.letters import status_message
from bot.conversation.payloads import payload
from bot.conversation.replies import menu, say
from bot.conversation.special import genuine, who
from bot.conversation.state import Awaiting, Memory
from bot.conversation.world import Asked, World
from bot.questions.life import State

#: requests about the asker's own data, and how their cases are marked
_CASES = {
    Command.ERASE: "erase",
    Command.SHOW_DATA: "show_data",
    Command.CORRECT_DATA: "correct_data",
}


def obey(world: World, memory: Memory, command: Command, text: str) -> Step:
    """Do what was ordered."""
    if command in _CASES:
        again = next((q for q in world.open_questions if command_in(q.text) is command), None)
        if again is not None:
            return Step(memory.settled(), (status_message(world, again),))
        return handover.case(world, memory, text, _CASES[command])
    return _ORDERS[command](world, memory)


def _latest_answered(world: World, memory: Memory) -> Asked | None:
    """Return the answered question now spoken of, else the latest that an officer answered."""
    spoken_of = world.question(memory.question)
    if spoken_of is not None and spoken_of.state is not State.AUTO_ANSWERED:
        return spoken_of
    return next((q for q in world.questions if q.state in (State.ANSWERED, State.RATED)), None)


def _drop(world: World, memory: Memory) -> Step:
    """Take "thôi khỏi" for the button that leaves things as they are, where there is one."""
    if memory.awaiting is Awaiting.CONSENT_PUBLISH:
        return ratings.leave(world, memory)
    leaving = {payload("keep"), payload("air", "no")}
    offered = next((o.payload for o in memory.offers if o.payload in leaving), None)
    return presses.press(world, memory, offered) if offered else followup.drop(world, memory)


def _stop(world: World, memory: Memory) -> Step:
    return Step(replace(memory, stopped=True), (say(world, "stopped"),))


def _resume(world: World, memory: Memory) -> Step:
    return Step(replace(memory, stopped=False), (say(world, "resumed"),))


def _again(world: World, memory: Memory) -> Step:
    return asides.said_plainer(world, memory) or _menu(world, memory)


def _menu(world: World, memory: Memory) -> Step:
    return Step(memory, (say(world, "menu", *menu(world)[1:]),))


def _more(world: World, memory: Memory) -> Step:
    asked = _latest_answered(world, memory) or next(iter(world.open_questions), None)
    return followup.ask_more(world, memory, asked)


def _wrong(world: World, memory: Memory) -> Step:
    if memory.awaiting is Awaiting.HELPED:
        return answers.not_helped(world, memory)
    return followup.wrong(world, memory, _latest_answered(world, memory))


def _reopen(world: World, memory: Memory) -> Step:
    """Open the latest finished question again; one that was withdrawn is asked afresh."""
    finished = (State.ANSWERED, State.RATED, State.REFUSED)
    asked = next((q for q in world.questions if q.state in finished), None)
    if asked is None:
        return handover.ask_what(world, memory)
    return followup.wrong(world, memory, asked)


def _clear(world: World, memory: Memory) -> Step:
    if must_choose(memory):
        return Step(memory, (say(world, "acknowledged"),))
    if memory.awaiting is Awaiting.HELPED:
        return answers.helped(world, memory)
    return ratings.clear(world, memory, _latest_answered(world, memory))


def _officer(world: World, memory: Memory) -> Step:
    return handover.send_to_officer(world, memory, "asked_for_officer")


_ORDERS: Mapping[Command, Callable[[World, Memory], Step]] = {
    Command.STATUS: followup.mine,
    Command.DROP: _drop,
    Command.WITHDRAW: followup.withdraw_which,
    Command.UNCONSENT: followup.take_back,
    Command.OFFICER: _officer,
    Command.STOP: _stop,
    Command.RESUME: _resume,
    Command.RESUME_SHORT: _resume,
    Command.HOTLINES: presses.hotlines,
    Command.MORE: _more,
    Command.WRONG: _wrong,
    Command.REOPEN: _reopen,
    Command.CLEAR: _clear,
    Command.AGAIN: _again,
    Command.MENU: _menu,
    Command.GENUINE: genuine,
    Command.WHO: who,
}
