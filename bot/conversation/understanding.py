"""What a text means here: the library's decision, corrected by what our own signs say."""

from dataclasses import replace

from bot.conversation.cues import (
    Cue,
    asks_a_fine,
    blames,
    cue_in,
    finds_too_dear,
    is_hamlet,
    is_minor,
    tells_own_age,
)
from bot.conversation.danger import danger_in, is_doubtful
from bot.conversation.world import ANY_COMMUNE, Library
from knowledge.decisions import Decision, DecisionKind, MatterKind
from knowledge.matcher import Context

_SWINDLED = (Cue.SCAM, Cue.SCAM_LOST)


def understood(library: Library, text: str, context: Context) -> Decision:
    """Understand a text; danger in plain words is believed, a doubtful alarm is not."""
    decision = library.decide(text, context)
    cue, danger = cue_in(text), danger_in(text)
    if cue in _SWINDLED and {"crime", "medical"} & {danger, decision.topic}:
        # a swindler on the phone is no robber in the house: the warning helps more
        return replace(decision, kind=DecisionKind.HANDOFF, topic=str(cue))
    if danger is not None:
        return replace(decision, kind=DecisionKind.EMERGENCY, topic=danger)
    is_alarm = decision.kind is DecisionKind.EMERGENCY
    if is_alarm and is_doubtful(text, decision.confidence):
        decision = library.decide(text, replace(context, calm=True))
    if decision.matter is MatterKind.COMPLAINT and asks_a_fine(text):
        return replace(decision, matter=MatterKind.QUESTION)
    return _of_somebody(text, _in_anger(text, cue, decision))


def _in_anger(text: str, cue: Cue | None, decision: Decision) -> Decision:
    """Return what anger means: of nothing yet it is no matter, of what is to be paid it is one."""
    if blames(text):
        calm = replace(decision, matter=MatterKind.QUESTION)
        return replace(calm, kind=DecisionKind.SMALLTALK, topic="abuse")
    is_dear = finds_too_dear(text) and decision.matter is MatterKind.QUESTION
    is_nuisance = cue is Cue.NUISANCE and decision.kind is DecisionKind.SMALLTALK
    return _feedback(decision) if is_dear or is_nuisance else decision


def _of_somebody(text: str, decision: Decision) -> Decision:
    if is_hamlet(text):
        return replace(decision, commune=None)
    if tells_own_age(text) and is_minor(text):
        return replace(
            decision, kind=DecisionKind.SMALLTALK, topic="chatter", entries=(), standalone=False
        )
    return decision


def _feedback(decision: Decision) -> Decision:
    return replace(
        decision,
        kind=DecisionKind.HANDOFF,
        matter=MatterKind.FEEDBACK,
        agency=decision.agency or ANY_COMMUNE,
        topic="",
        standalone=True,
    )
