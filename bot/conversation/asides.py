"""Short questions that name no matter: they are about the one last spoken of."""

import re
from dataclasses import replace
from datetime import timedelta

from bot.conversation.acts import Step
from bot.conversation.answers import narrowed, reply_to
from bot.conversation.cards import (
    answer_card,
    counter,
    cut,
    is_sound,
    named,
    source_line,
    sources_of,
)
from bot.conversation.choosing import asked_again, must_choose, offered, remembered_facet
from bot.conversation.cues import tells_a_mishap, tells_of_somebody
from bot.conversation.facets import (
    answers_it,
    asked_facet,
    asks_beside,
    asks_how_much,
    asks_to_call,
)
from bot.conversation.followup import add
from bot.conversation.letters import status_message
from bot.conversation.replies import button, say
from bot.conversation.state import Awaiting, Memory
from bot.conversation.words import plain
from bot.conversation.world import Asked, World
from bot.messages import Outgoing
from bot.questions.life import State
from knowledge.decisions import Decision, DecisionKind, MatterKind
from knowledge.entries import Entry, EntryKind, Facet
from knowledge.matcher import NO_CONTEXT

#: after so long nobody means the card of before
_LASTS = timedelta(hours=24)
#: how long words that said nothing by themselves may begin a question
_MUSING_LASTS = timedelta(minutes=10)
_PLACE = 160
#: choices less sure than this name no matter of their own
_SURE = 0.8
_BRIEF, _NEAR = 5, 4
_BENEFIT = re.compile(
    r"\b(?:tro cap|ho tro|tuat|mai tang|thai san|luong huu|che do|that nghiep"
    r"|bao hiem xa hoi mot lan)\b"
)


def aside(world: World, memory: Memory, text: str, decision: Decision) -> Step | None:
    """Answer "bao nhieu tien", "di thay duoc hong" from what was last spoken of; else None."""
    facet = asked_facet(text)
    if facet is None and not asks_beside(text):
        return None
    facet = _meant(world, memory, text, facet)
    if world.officer_left(State.ANSWERED) is not None:
        return None  # it is about the officer's answer
    if must_choose(memory):
        return _before_the_choice(world, memory, facet)
    if (entry := _last_shown(world, memory)) is not None:
        is_told = facet is not None and _is_told(entry, facet, text)
        return (
            _side(world, memory, entry, facet)
            if facet and is_told
            else _beside(world, memory, entry, text)
        )
    if (asked := _with_officers(world, memory)) is not None:
        return _of_a_question(world, memory, asked, text, facet)
    if asks_to_call(text):
        return Step(memory, (_to_call(world),))
    if facet is None or decision.topic == "own_file":
        return None
    return _with_words_before(world, memory, text) or _of_what(world, memory, facet)


def of_somebody(world: World, memory: Memory, text: str, decision: Decision) -> Step | None:
    """Read "nó 17 tuổi", "nghỉ 8 tháng rồi" with what was last spoken of: it asks who may."""
    if decision.matter is not MatterKind.QUESTION or not tells_of_somebody(text):
        return None
    if must_choose(memory):
        return _narrowed_by_somebody(world, memory, text, decision)
    entry = _last_shown(world, memory)
    if entry is None:
        return None
    whole = f"{memory.asked}\n{text}"
    joint = world.library.decide(whole, NO_CONTEXT)
    if joint.kind is DecisionKind.ANSWER and joint.entries[0] != entry.id:
        return reply_to(world, memory, whole, replace(joint, facet=Facet.CONDITIONS))
    is_told = _is_told(entry, Facet.CONDITIONS, text)
    told = _side(world, memory, entry, Facet.CONDITIONS)
    return told if is_told else _beside(world, memory, entry, text)


def of_the_shown(world: World, memory: Memory, text: str, decision: Decision) -> Step | None:
    """Take a few words that may mean anything for more of the matter shown: "chủ cũ mất rồi"."""
    entry = _last_shown(world, memory)
    if entry is None or tells_a_mishap(text):
        return None
    is_about_it = memory.awaiting is Awaiting.HELPED or _is_told_of(memory, entry)
    if not is_about_it:
        return None
    is_unsure = decision.kind is DecisionKind.CHOICES and decision.confidence < _SURE
    if not is_unsure or decision.matter is not MatterKind.QUESTION or len(text.split()) > _BRIEF:
        return None
    return _beside(world, memory, entry, text) if entry.id in decision.entries[:_NEAR] else None


def _narrowed_by_somebody(world: World, memory: Memory, text: str, decision: Decision) -> Step:
    """Narrow what is offered by an age; where the one left says nothing of ages, so do we."""
    step = narrowed(world, replace(memory, facet=Facet.CONDITIONS), text, decision)
    if step is None:
        return remembered_facet(world, memory, Facet.CONDITIONS)
    entry = world.library.entry(step.memory.entry)
    if entry is None or _is_told(entry, Facet.CONDITIONS, text):
        return step
    unsaid = say(world, "aside.age", counter=counter(world, entry))
    return replace(step, deeds=(*step.deeds, replace(unsaid, decision=DecisionKind.SMALLTALK)))


def joined(world: World, memory: Memory, text: str, decision: Decision) -> tuple[str, Decision]:
    """Return an unsure text read together with what was said just before and not understood.

    "ghe tui 15 met" … "dang kiem o dau"; after a card "mất rồi" is no death.
    """
    is_mishap = memory.awaiting is Awaiting.HELPED and tells_a_mishap(text)
    before = memory.asked if is_mishap else _words_before(world, memory)
    if not before or decision.kind is not DecisionKind.CHOICES:
        return text, decision
    whole = f"{before}\n{text}"
    understood = world.library.decide(whole, NO_CONTEXT)
    is_surer = is_mishap or understood.kind is DecisionKind.ANSWER
    return (whole, understood) if is_surer else (text, decision)


def _with_words_before(world: World, memory: Memory, text: str) -> Step | None:
    before = _words_before(world, memory)
    if not before:
        return None
    whole = f"{before}\n{text}"
    decision = world.library.decide(whole, NO_CONTEXT)
    if decision.kind not in (DecisionKind.ANSWER, DecisionKind.CHOICES):
        return None
    return reply_to(world, replace(memory, musing=""), whole, decision)


def _words_before(world: World, memory: Memory) -> str:
    is_fresh = memory.mused_at is not None and world.now - memory.mused_at <= _MUSING_LASTS
    return memory.musing if is_fresh else ""


def completed(memory: Memory, decision: Decision) -> Decision:
    """Return the decision with the side that was asked about before the matter was named."""
    is_asked = memory.awaiting is Awaiting.TOPIC and memory.facet in set(Facet)
    if not is_asked or decision.facet is not None:
        return decision
    return replace(decision, facet=Facet(memory.facet))


def _meant(world: World, memory: Memory, text: str, facet: Facet | None) -> Facet | None:
    """Return the side; how much a benefit is no card keeps, "bao nhiêu" is then no fee."""
    is_amount = facet in (Facet.FEE, Facet.TIME) and asks_beside(text)
    is_amount = is_amount or (facet is Facet.FEE and asks_how_much(text))
    return None if is_amount and _is_paid_out(world, memory) else facet


def _is_paid_out(world: World, memory: Memory) -> bool:
    """Whether what was last spoken of brings money rather than costs any."""
    shown = [entry for entry, _ in offered(world, memory)] if must_choose(memory) else []
    entries = shown or [entry for entry in (_last_shown(world, memory),) if entry is not None]
    return bool(entries) and all(_BENEFIT.search(plain(e.title)) for e in entries)


def _before_the_choice(world: World, memory: Memory, facet: Facet | None) -> Step:
    if facet is None:
        return Step(memory, (asked_again(world, memory, "choices.beside"),))
    return remembered_facet(world, memory, facet)


def _last_shown(world: World, memory: Memory) -> Entry | None:
    if not memory.entry or memory.shown_at is None or world.now - memory.shown_at > _LASTS:
        return None
    entry = world.library.entry(memory.entry)
    return entry if entry is not None and entry.kind is EntryKind.PROCEDURE else None


def _is_told(entry: Entry, facet: Facet, text: str) -> bool:
    fact = entry.facts.get(facet)
    return facet is not Facet.CONDITIONS or fact is None or answers_it(text, fact.text)


def _side(world: World, memory: Memory, entry: Entry, facet: Facet) -> Step:
    card = answer_card(world, entry, facet, again=True)
    if facet is Facet.TIME:
        card = replace(card, text=f"{card.text}\n{world.wording('aside.own_file')}")
    remembered = replace(memory, awaiting=Awaiting.HELPED, facet=facet, shown_at=world.now)
    return Step(remembered, (card,), (entry.id,))


def _is_told_of(memory: Memory, entry: Entry) -> bool:
    """Whether what no card keeps of the entry waits already to be sent to an officer."""
    return memory.awaiting is Awaiting.DOOR and memory.asked.startswith(f"{named(entry)}: ")


def _beside(world: World, memory: Memory, entry: Entry, text: str) -> Step:
    """Say that nobody vouches for it here, and offer the officer, who is told of what it was."""
    is_more = _is_told_of(memory, entry)
    message_id = "aside.more" if is_more else "aside.unkept"
    offered = say(
        world,
        "aside.no_number" if asks_to_call(text) else message_id,
        button(world, "to_officer", "send"),
        button(world, "keep", "keep"),
        counter=counter(world, entry),
    )
    remembered = replace(
        memory,
        awaiting=Awaiting.DOOR,
        asked=f"{memory.asked}; {text}" if is_more else f"{named(entry)}: {text}",
        matter=str(MatterKind.QUESTION),
        agency=memory.agency or next(iter(entry.agencies), world.manner.desk),
    )
    return Step(remembered, (replace(offered, decision=DecisionKind.HANDOFF),))


def _with_officers(world: World, memory: Memory) -> Asked | None:
    asked = world.question(memory.question)
    return asked if asked is not None and asked.is_open else None


def _of_a_question(
    world: World, memory: Memory, asked: Asked, text: str, facet: Facet | None
) -> Step:
    """Tell "chung nao co" where the question stands; the rest goes to the officer with it."""
    if facet is Facet.TIME:
        return Step(memory, (status_message(world, asked),))
    return add(world, memory, asked, text, ())


def _of_what(world: World, memory: Memory, facet: Facet) -> Step:
    waiting = replace(memory.settled(), awaiting=Awaiting.TOPIC, facet=facet)
    message_id = "aside.of_what_fee" if facet is Facet.FEE else "aside.of_what"
    question = say(world, message_id, what=world.wording(f"topic.{facet}"))
    return Step(waiting, (replace(question, decision=DecisionKind.SMALLTALK),))


def _to_call(world: World) -> Outgoing:
    ways = button(world, "hotlines", "hotlines"), button(world, "officer", "officer")
    return replace(say(world, "aside.call", *ways), decision=DecisionKind.SMALLTALK)


def said_plainer(world: World, memory: Memory) -> Step | None:
    """Say in fewer words what was said last: "không hiểu"; None where nothing was."""
    if must_choose(memory):
        return remembered_facet(world, memory, None)
    entry = _last_shown(world, memory)
    if entry is None:
        return None
    place = entry.facts[Facet.PLACE].text if is_sound(entry, Facet.PLACE) else counter(world, entry)
    where = world.wording("card.plainer_place", place=cut(place, _PLACE))
    ways = button(world, "to_officer", "none"), button(world, "helped", "helped")
    told = say(world, "aside.plainer", *ways, title=named(entry), place=where)
    text = f"{told.text}\n{source_line(world, entry)}"
    told = replace(told, text=text, sources=sources_of(entry))
    remembered = replace(memory, awaiting=Awaiting.HELPED, shown_at=world.now)
    return Step(remembered, (replace(told, decision=DecisionKind.ANSWER),), (entry.id,))
