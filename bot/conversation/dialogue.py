"""The dialogue: memory and messages in; replies, acts and a new memory out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.conversation import (
    answers,
    followup,
    forms,
    handover,
    media,
    merger,
    minors,
    opening,
    orders,
    presses,
    roads,
    trail,
)
from bot.conversation.acts import Add, Step
from bot.conversation.answers import emergency, prompt, reply_to
from bot.conversation.asides import aside, completed, joined, of_somebody, of_the_shown
from bot.conversation.choosing import must_choose, remembered_facet
from bot.conversation.cues import Command, Cue, command_in, cue_in, names_where
from bot.conversation.echoes import unechoed
from bot.conversation.hearing import (
    Thought,
    is_order,
    may_wait,
    shows_identity_paper,
    thoughts,
)
from bot.conversation.payloads import payload
from bot.conversation.replies import say, with_offers
from bot.conversation.special import special_matter, unlettered
from bot.conversation.state import Awaiting, Memory
from bot.conversation.understanding import understood
from bot.conversation.words import label_in
from bot.conversation.world import Asked, World
from bot.delivery.turns import Pending, Wait
from bot.messages import IncomingKind
from bot.questions.codes import find_code
from bot.questions.life import State
from knowledge.decisions import Decision, DecisionKind, MatterKind
from knowledge.matcher import NO_CONTEXT, Context

_PLACE_IN_WORDS, _BARE_NAME = 8, 4
#: more words beside a code are meant for the question
_CODE_IN_WORDS = 8
#: orders that are about one question, and the buttons that do the same
_ABOUT_ONE = {
    Command.STATUS: "status",
    Command.WITHDRAW: "withdraw",
    Command.MORE: "more",
    Command.WRONG: "wrong",
    Command.CLEAR: "clear",
}


@dataclass(frozen=True, slots=True)
class Decided:
    """What to do about the events up to `through`; what came after is decided afterwards.

    `message_ids` are the transcript rows of the thought that the acts of the step rest on.
    """

    step: Step
    through: int
    message_ids: tuple[int, ...] = ()


def converse(world: World, memory: Memory, pending: Sequence[Pending]) -> Decided | Wait:
    """Decide a turn, up to the first thought that acts: the next must know what came of it."""
    heard = thoughts(pending, lambda text: understood(world.library, text, NO_CONTEXT))
    if not heard:
        return Decided(Step(memory), pending[-1].seq)
    done = Step(memory)
    through = 0
    for index, thought in enumerate(heard):
        step = _one(world, done.memory, thought, is_last=index == len(heard) - 1)
        if isinstance(step, Wait):
            return Decided(done, through) if through else step
        done = Step(step.memory, (*done.deeds, *step.deeds), (*done.cited, *step.cited))
        through = thought.through
        if step.acts:
            return Decided(done, through, thought.message_ids)
    return Decided(done, pending[-1].seq)


def stay_silent(world: World, memory: Memory, pending: Sequence[Pending]) -> Decided:
    """Leave the word to the officer who writes by hand; the only open question notes the rest."""
    texts = [item.event.text for item in pending if item.event.text]
    message_ids = tuple(item.message_id for item in pending if item.message_id)
    still_open = world.open_questions
    noted = len(still_open) == 1 and bool(message_ids)
    deeds = (Add(still_open[0].id, "\n".join(texts)),) if noted else ()
    return Decided(Step(memory, deeds), pending[-1].seq, message_ids)


def _one(world: World, memory: Memory, thought: Thought, *, is_last: bool) -> Step | Wait:
    """Decide one thought: pace first, then the reply, then the welcome around it."""
    paced = trail.noted(_counted(world, memory, thought))
    decision = _understood(world, paced, thought)
    if paced.window_count > world.manner.most_in_window:
        return _too_many(world, memory, paced, decision)
    is_choice = label_in(thought.text, [offer.label for offer in paced.offers]) is not None
    if not is_choice and may_wait(thought, decision):
        until = thought.last_at + world.manner.patience
        if is_last and world.now < until:
            return Wait(until)
    step = minors.noted(world, paced, thought.text, _replied(world, paced, thought, decision))
    step = opening.condoled(world, memory, step, thought.text)
    step = opening.welcomed(world, memory, step, thought, decision)
    step = unechoed(world, memory, step)
    return replace(step, memory=with_offers(step.memory, step.replies))


def _understood(world: World, memory: Memory, thought: Thought) -> Decision | None:
    if not thought.text or thought.payload:
        return None
    context = Context(memory.entry or None, memory.commune or None)
    return completed(memory, understood(world.library, thought.text, context))


def _replied(world: World, memory: Memory, thought: Thought, decision: Decision | None) -> Step:
    if thought.payload:
        return presses.press(world, memory, thought.payload)
    if thought.text and cue_in(thought.text) is not Cue.IDENTITY_PAPER:
        memory = replace(memory, identity_announced=False)
    if (taken := _taken(world, memory, thought, decision)) is not None:
        return taken
    if thought.kind is IncomingKind.ATTACHMENT and _is_wordless(thought):
        return media.attached(world, memory, thought)
    if decision is None:
        return media.wordless(world, memory, thought)
    if decision.kind is DecisionKind.EMERGENCY:
        return emergency(world, memory, decision, thought.text)
    if thought.kind is IncomingKind.ATTACHMENT:
        waiting = (*memory.waiting_media, *thought.message_ids)
        memory = replace(memory, waiting_media=waiting)
    return _worded(world, memory, thought, decision)


def _taken(
    world: World, memory: Memory, thought: Thought, decision: Decision | None
) -> Step | None:
    """Take what was asked for before anything else is made of it: a number, a word to an officer.

    A number must not end in the text of a question.
    """
    if thought.kind is IncomingKind.FORM:
        phone = forms.phone_in(thought)
        return roads.number_given(world, memory, phone) or forms.given(world, memory, thought)
    is_urgent = decision is not None and decision.kind is DecisionKind.EMERGENCY
    number = None if is_urgent else roads.number_given(world, memory, thought.text)
    return number or _told_the_officer(world, memory, thought, decision)


def _told_the_officer(
    world: World, memory: Memory, thought: Thought, decision: Decision | None
) -> Step | None:
    """Take whatever follows an officer's own question for its answer, "ừ" and pictures included."""
    asked = world.officer_left(State.WAITING)
    if asked is None or not (thought.text or thought.attachments):
        return None
    if decision is not None and decision.kind is DecisionKind.EMERGENCY:
        urgent = emergency(world, memory, decision)
        noted = Add(asked.id, thought.text, thought.message_ids)
        return replace(urgent, deeds=(*urgent.deeds, noted))
    if command_in(thought.text) or shows_identity_paper(thought):
        return None
    return followup.add(world, memory, asked, thought.text, thought.message_ids)


def _worded(world: World, memory: Memory, thought: Thought, decision: Decision) -> Step:
    """Read a text as what was asked for, an order, an addition, a special matter, a question."""
    text = thought.text
    return (
        presses.typed_choice(world, memory, text)
        or _about_one(world, memory, thought)
        or roads.in_words(world, memory, text)
        or unlettered(world, memory, text)
        or _ordered(world, memory, text)
        or _awaited(world, memory, text, decision)
        or answers.still_urgent(world, memory, text, decision)
        or presses.of_nothing(world, memory, text)
        or handover.at_the_door(world, memory, text, decision)
        or merger.next_name(world, memory, text)
        or trail.gone_back(world, memory, text)
        or aside(world, memory, text, decision)
        or of_somebody(world, memory, text, decision)
        or special_matter(world, memory, text, decision)
        or _added(world, memory, text)
        or followup.repeated(world, memory, text)
        or _asked(world, memory, text, decision)
    )


def _asked(world: World, memory: Memory, text: str, decision: Decision) -> Step:
    greets = decision.topic == "greeting" and decision.kind is DecisionKind.SMALLTALK
    if cue_in(text) is Cue.OPENER:
        return prompt(world, memory)
    if decision.facet and not decision.standalone and must_choose(memory):
        return remembered_facet(world, memory, decision.facet)
    answered = world.officer_left(State.ANSWERED)
    goes_on = cue_in(text) is Cue.AND_THEN or (decision.facet and not decision.standalone)
    if answered is not None and goes_on:
        return followup.add(world, memory, answered, text, ())
    if (more := followup.goes_on(world, memory, text, decision)) is not None:
        return more
    if (narrowed := answers.narrowed(world, memory, text, decision)) is not None:
        return narrowed
    if not decision.standalone and not greets:
        return prompt(world, memory)
    if (more := of_the_shown(world, memory, text, decision)) is not None:
        return more
    text, decision = joined(world, memory, text, decision)
    return reply_to(world, memory, text, decision)


def _about_one(world: World, memory: Memory, thought: Thought) -> Step | None:
    """Do what a message means for the question whose code it names or whose message it quotes."""
    code = find_code(thought.text)
    asked = world.by_code(code) if code else _quoted(world, thought)
    if asked is None or asked.state is State.WITHDRAWN:
        if code is None and asked is None:
            return followup.mistyped(world, memory, thought.text)
        return followup.status_of(world, memory, code) if code else None
    act = _ABOUT_ONE.get(command_in(thought.text) or Command.MENU)
    if act is not None:
        return presses.press(world, memory, payload(act, asked.code))
    if code and len(thought.text.split()) <= _CODE_IN_WORDS and not _supplements(thought.text):
        return followup.status_of(world, memory, code)
    return followup.add(world, memory, asked, thought.text, ())


def _ordered(world: World, memory: Memory, text: str) -> Step | None:
    command = command_in(text)
    if command is Command.RESUME_SHORT and not memory.stopped:
        command = None
    if command is None:
        return followup.topical(world, memory, text)
    return orders.obey(world, memory, command, text)


def _awaited(world: World, memory: Memory, text: str, decision: Decision) -> Step | None:
    """Take free words for what our last message asked for."""
    if memory.awaiting is Awaiting.QUESTION and not is_order(text):
        if not decision.standalone:
            return prompt(world, memory)
        if memory.matter == MatterKind.FEEDBACK:
            decision = replace(decision, matter=MatterKind.FEEDBACK)
        return handover.hand_over(world, memory.settled(), text, decision, "asked_for_officer")
    asked = world.question(memory.question)
    if asked is None or asked.state is State.WITHDRAWN:
        return None
    if memory.awaiting is Awaiting.MORE:
        return followup.add(world, memory, asked, text, ())
    is_answer = memory.awaiting is Awaiting.COMMUNE and _could_be_a_place(text, decision)
    is_named = bool(decision.commune) and len(text.split()) <= _BARE_NAME
    is_place = cue_in(text) is Cue.PLACE and (is_named or decision.matter is MatterKind.QUESTION)
    is_place = is_place or (bool(decision.commune) and names_where(text))
    if asked.is_open and (is_answer or is_place):
        return handover.add_place(world, memory, text, asked, decision)
    return None


def _could_be_a_place(text: str, decision: Decision) -> bool:
    """Whether a short text says where somebody lives rather than asks something new."""
    if decision.kind is not DecisionKind.HANDOFF or decision.matter is not MatterKind.QUESTION:
        return False
    return len(text.split()) <= (_PLACE_IN_WORDS if decision.commune else _BARE_NAME)


def _quoted(world: World, thought: Thought) -> Asked | None:
    """Return the question that a quoted message is about."""
    found = (world.quoted[ref] for ref in thought.quotes if ref in world.quoted)
    return world.question(next(found, None))


def _supplements(text: str) -> bool:
    return cue_in(text) is Cue.SUPPLEMENT


def _added(world: World, memory: Memory, text: str) -> Step | None:
    return followup.supplement(world, memory, text, ()) if _supplements(text) else None


def _is_wordless(thought: Thought) -> bool:
    """Whether a picture came without a caption, or with one that asks nothing."""
    return not thought.text.strip() or shows_identity_paper(thought)


def _counted(world: World, memory: Memory, thought: Thought) -> Memory:
    """Return the memory with the messages of the present window counted."""
    started = memory.window_from
    count = len(thought.pending)
    if started is None or not timedelta(0) <= world.now - started < world.manner.window:
        return replace(memory, window_from=world.now, window_count=count)
    return replace(memory, window_count=memory.window_count + count)


def _too_many(world: World, before: Memory, paced: Memory, decision: Decision | None) -> Step:
    """Ask once to pause, then stay silent; an emergency is answered always."""
    if decision is not None and decision.kind is DecisionKind.EMERGENCY:
        return emergency(world, paced, decision)
    first = (
        before.window_count <= world.manner.most_in_window
        or paced.window_from != before.window_from
    )
    return Step(paced, (say(world, "pause"),) if first else ())
