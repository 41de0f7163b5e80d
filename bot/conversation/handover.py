"""From the assistant to people: questions filed for an agency's desk."""

from dataclasses import replace
from typing import Any

from bot.conversation.acts import Add, Open, Queue, Receipt, Route, Step
from bot.conversation.cues import Cue, cue_in
from bot.conversation.danger import is_afraid
from bot.conversation.facets import asked_facet
from bot.conversation.replies import button, say
from bot.conversation.state import Awaiting, Memory
from bot.conversation.world import ANY_COMMUNE, Asked, World
from bot.messages import Outgoing
from bot.questions.codes import spoken_groups
from bot.questions.life import State
from knowledge.decisions import Decision, DecisionKind, MatterKind

_DOORS = {MatterKind.COMPLAINT: "door.complaint", MatterKind.DENUNCIATION: "door.denunciation"}


def route(world: World, memory: Memory, decision: Decision) -> str:
    """Return the agency a decision leads to, the coordinators' desk where it names none.

    What a commune does goes to the asker's own, as soon as that is known.
    A denunciation never goes to a commune: the body named in it must not be the one to read it.
    """
    if decision.matter is MatterKind.DENUNCIATION:
        return world.manner.inspectorate
    commune = decision.commune or memory.commune
    if decision.agency == ANY_COMMUNE and commune:
        return commune
    return decision.agency or world.manner.desk


def explained(decision: Decision, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON out
    """Return what is stored so that a decision can be explained later; no personal text."""
    return {
        "kind": str(decision.kind),
        "entries": list(decision.entries[:10]),
        "facet": decision.facet and str(decision.facet),
        "agency": decision.agency,
        "confidence": round(decision.confidence, 4),
        "topic": decision.topic,
        "reason": decision.reason,
        "version": decision.version,
        **more,
    }


def hand_over(
    world: World, memory: Memory, text: str, decision: Decision, reason: str = "handoff"
) -> Step:
    """File a question for the agency in charge and give its receipt."""
    if decision.matter in _DOORS and reason == "handoff":
        return show_door(world, memory, text, decision)
    filed = Open(
        text=text,
        matter=decision.matter,
        agency=route(world, memory, decision),
        commune=decision.commune or memory.commune,
        decision=explained(decision, mark=reason),
        media=memory.waiting_media,
    )
    return _filed(world, memory, filed)


def show_door(world: World, memory: Memory, text: str, decision: Decision) -> Step:
    """Show the right door for a complaint or denunciation; sending it here stays possible."""
    remembered = replace(
        memory.settled(),
        awaiting=Awaiting.DOOR,
        asked=text,
        matter=str(decision.matter),
        agency=route(world, memory, decision),
    )
    door = _door(world, _DOORS[decision.matter])
    return Step(remembered, (replace(door, decision=DecisionKind.HANDOFF),))


def at_the_door(world: World, memory: Memory, text: str, decision: Decision) -> Step | None:
    """Keep the door open to whoever asks on at it, or says names there; None for another matter."""
    if memory.awaiting is not Awaiting.DOOR or memory.matter not in _DOORS:
        return None
    message_id = _DOORS[MatterKind(memory.matter)] if asked_facet(text) else ""
    if memory.matter == MatterKind.DENUNCIATION and is_afraid(text.removeprefix("thôi ")):
        message_id = "door.afraid"
    is_telling = decision.kind is DecisionKind.SMALLTALK and decision.topic in ("", "chatter")
    if is_telling and not message_id and memory.matter == MatterKind.DENUNCIATION:
        message_id = "denunciation.protected"
    if not message_id:
        return None
    return Step(memory, (replace(_door(world, message_id), decision=DecisionKind.HANDOFF),))


def _door(world: World, message_id: str) -> Outgoing:
    return say(
        world,
        message_id,
        button(world, "send_anyway", "send"),
        button(world, "keep", "keep"),
    )


def send_anyway(world: World, memory: Memory) -> Step:
    """File what was shown another door, with its kind kept."""
    if memory.awaiting is not Awaiting.DOOR or not memory.asked:
        return send_to_officer(world, memory, "asked_for_officer")
    if memory.matter == MatterKind.FEEDBACK and cue_in(memory.asked) is not Cue.LATE_FILE:
        waiting = replace(memory.settled(), awaiting=Awaiting.QUESTION)
        return Step(waiting, (say(world, "own_file.which"),))
    filed = Open(
        text=memory.asked,
        matter=MatterKind(memory.matter),
        agency=memory.agency or world.manner.desk,
        commune=memory.commune,
        decision={"mark": "sent_anyway", "version": world.library.version},
        media=memory.waiting_media,
    )
    return _filed(world, memory, filed)


def send_to_officer(world: World, memory: Memory, reason: str) -> Step:
    """Hand the question now spoken of to the agency's desk ("none of these", "gặp cán bộ")."""
    if memory.awaiting is Awaiting.DOOR and memory.asked:
        return send_anyway(world, memory)
    asked = world.question(memory.question)
    if asked is not None and _may_queue(memory, asked):
        agency = memory.agency or asked.agency
        held_back = _held_back(world, memory, asked.matter, agency)
        if held_back is not None:
            return held_back
        wording = _receipt_wording(agency, memory.commune)
        return Step(
            _after_filing(memory, agency),
            (Queue(asked.id, agency, reason), Receipt(wording, agency, asked.code)),
        )
    if asked is not None and asked.is_open:
        return Step(memory.settled(), (say(world, "officer.already"),))
    return ask_what(world, memory)


def _may_queue(memory: Memory, asked: Asked) -> bool:
    """Whether a question is still spoken of: one that was helped is over, its words forgotten."""
    is_unhelped = asked.state is State.AUTO_ANSWERED and bool(memory.asked)
    return asked.state is State.CHOOSING or is_unhelped


def ask_what(world: World, memory: Memory) -> Step:
    """Ask what an officer should help with; the next words are the question."""
    waiting = replace(memory.settled(), awaiting=Awaiting.QUESTION, matter="question")
    return Step(waiting, (say(world, "officer.ask"),))


def add_place(world: World, memory: Memory, text: str, asked: Asked, decision: Decision) -> Step:
    """Note where the asker lives; a place that is known takes there what waits for it."""
    remembered = replace(memory.settled(), commune=decision.commune or memory.commune)
    code = spoken_groups(asked.code)
    noted = Add(asked.id, text)
    movable = tuple(
        q
        for q in world.open_questions
        if _goes_with_the_asker(q, memory.commune) and q.agency != decision.commune
    )
    if not decision.commune or not movable:
        return Step(remembered, (noted, say(world, "commune.noted", code=code)))
    routed = tuple(Route(q.id, decision.commune) for q in movable)
    codes = ", ".join(spoken_groups(q.code) for q in movable)
    is_correction = all(q.agency == memory.commune for q in movable)
    message_id = "commune.moved" if is_correction else "commune.routed"
    told = say(world, message_id, code=codes, agency=world.name_of(decision.commune))
    return Step(remembered, (noted, *routed, told))


def _goes_with_the_asker(asked: Asked, commune: str) -> bool:
    """Whether a question waits for the asker's commune, or at the one he named by mistake."""
    is_waiting = asked.agency == ANY_COMMUNE
    is_misplaced = asked.agency == commune and asked.state in (State.QUEUED, State.TRANSFERRED)
    return (is_waiting or is_misplaced) and asked.matter is not MatterKind.DENUNCIATION


def case(world: World, memory: Memory, text: str, mark: str) -> Step:
    """File a request about the asker's own data: a timed case for the coordinators."""
    filed = Open(
        text=text,
        matter=MatterKind.QUESTION,
        agency=world.manner.desk,
        decision={"mark": mark, "version": world.library.version},
    )
    receipt = Receipt(f"receipt.{mark}", world.manner.desk)
    return Step(replace(memory.settled(), asked=""), (filed, receipt))


def _held_back(world: World, memory: Memory, matter: MatterKind, agency: str) -> Step | None:
    """Return the reply to a sender whose share of the officers' time is used up, if it is.

    Nothing holds back a denunciation. What was written stays in the conversation.
    """
    if matter is MatterKind.DENUNCIATION:
        return None
    if world.is_barred and world.barred_until is not None:
        until = world.calendar.local(world.barred_until)
        return Step(memory.settled(), (say(world, "budget.barred", date=f"{until:%d/%m/%Y}"),))
    if len(world.open_questions) >= world.manner.most_open:
        count = len(world.open_questions)
        return Step(memory.settled(), (say(world, "budget.full", count=count),))
    return _in_the_crowd(world, memory, agency)


def _in_the_crowd(world: World, memory: Memory, agency: str) -> Step | None:
    """Ask who has some questions at a crowded agency to let others come first.

    Whoever has none there is never held back: no crowd closes an agency.
    """
    waiting = sum(asked.agency == agency for asked in world.open_questions)
    if agency not in world.crowded or waiting < world.manner.most_open_in_a_crowd:
        return None
    hotlines = button(world, "hotlines", "hotlines")
    told = say(world, "budget.crowded", hotlines, agency=world.name_of(agency), count=waiting)
    return Step(memory.settled(), (told,))


def _filed(world: World, memory: Memory, filed: Open) -> Step:
    held_back = _held_back(world, memory, filed.matter, filed.agency)
    if held_back is not None:
        return held_back
    wording = _receipt_wording(filed.agency, filed.commune, filed.matter)
    deeds: tuple[Open | Receipt | Outgoing, ...] = (filed, Receipt(wording, filed.agency))
    if filed.matter is MatterKind.DENUNCIATION:
        deeds = (*deeds, say(world, "denunciation.protected"))
    return Step(_after_filing(memory, filed.agency, filed.commune), deeds)


def _receipt_wording(agency: str, commune: str, matter: MatterKind = MatterKind.QUESTION) -> str:
    if matter in _DOORS:
        return f"receipt.{matter}"
    name = "receipt.feedback" if matter is MatterKind.FEEDBACK else "receipt.question"
    return f"{name}.where" if agency == ANY_COMMUNE and not commune else name


def _after_filing(memory: Memory, agency: str, commune: str = "") -> Memory:
    asks_place = agency == ANY_COMMUNE and not (commune or memory.commune)
    return replace(
        memory.settled(),
        awaiting=Awaiting.COMMUNE if asks_place else Awaiting.NOTHING,
        asked="",
        matter="question",
        agency="",
        others=(),
        waiting_media=(),
    )
