"""What was understood becomes a reply: card, choices, small talk, a number to call."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.conversation.acts import Add, Open, ProposeAlias, Settle, Step
from bot.conversation.cards import answer_card
from bot.conversation.choices import MOST_CHOICES, choices_card
from bot.conversation.choosing import asked_again, must_choose
from bot.conversation.cues import Cue, cue_in, tells_where
from bot.conversation.danger import is_afraid, is_over, is_unanswered
from bot.conversation.facets import asked_facet
from bot.conversation.handover import explained, hand_over, route, send_to_officer
from bot.conversation.payloads import read_payload
from bot.conversation.replies import button, menu, say
from bot.conversation.state import Awaiting, Memory
from bot.conversation.world import World
from bot.messages import Button, Outgoing
from bot.privacy import redact
from bot.questions.life import State
from knowledge.decisions import SEVERAL, Decision, DecisionKind, MatterKind
from knowledge.entries import Entry, Facet
from knowledge.matcher import NO_CONTEXT

_KEPT_WORDS = 600
_SHORT = 6
#: so few words of nothing known may begin a question: "đất"
_BARE_WORDS = 2
_FEWEST_MUSED = 3
_LONGEST_ALIAS = 20
_EMERGENCY_NUMBERS = {
    "fire": ("114", "115"),
    "drowning": ("114", "115"),
    "crime": ("113", "115"),
    "medical": ("115",),
    "suicide": ("115", "113"),
    "child": ("111", "113"),
}
#: what is awaited that an offer of ours may take the place of
_INTERRUPTIBLE = (Awaiting.NOTHING, Awaiting.HELPED, Awaiting.TOPIC)
_ALARM_LASTS = timedelta(minutes=30)
_FAREWELLS = frozenset({"thanks", "bye"})
#: who says this goes on telling it, and needs a person rather than a receipt
_ALONE = frozenset({"child", "suicide"})
#: dangers that one message may tell to be over; violence comes back
_PASSING = frozenset({"fire", "drowning", "medical"})
_CHATTER = frozenset({"greeting", "thanks", "bye", "abuse", "spam", "injection"})


def reply_to(world: World, memory: Memory, text: str, decision: Decision) -> Step:
    """Return the reply that a decision calls for."""
    if decision.kind is DecisionKind.EMERGENCY:
        return emergency(world, memory, decision, text)
    is_bare = decision.topic in ("", "chatter") and len(text.split()) <= _BARE_WORDS
    if decision.kind is DecisionKind.SMALLTALK and is_bare:
        return prompt(world, memory)
    if decision.kind is DecisionKind.SMALLTALK and _is_idle_before_a_choice(memory, decision):
        return Step(memory, (asked_again(world, memory, "choices.first"),))
    if decision.kind is DecisionKind.SMALLTALK:
        return small_talk(world, _musing(world, memory, text, decision), decision)
    if decision.matter in (MatterKind.COMPLAINT, MatterKind.DENUNCIATION):
        return hand_over(world, memory, text, decision)
    found = [e for e in map(world.library.entry, decision.entries) if e is not None]
    if decision.kind is DecisionKind.ANSWER and found:
        return answer(world, memory, text, decision, found)
    if decision.kind is DecisionKind.CHOICES and len(found) > 1:
        return offer(world, memory, text, decision, found)
    return hand_over(world, memory, text, decision)


def emergency(world: World, memory: Memory, decision: Decision, text: str = "") -> Step:
    """Name the number first; nothing that is open is lost by it.

    What befalls a child may go to officers as well, once its number was named.
    """
    topic = decision.topic if decision.topic in _EMERGENCY_NUMBERS else "any"
    alarmed = replace(memory, alarm=topic, alarmed_at=world.now, greeted=True)
    numbers = _numbers_to_call(world, topic, f"emergency.{topic}")
    if topic != "child" or not text or memory.awaiting not in _INTERRUPTIBLE:
        return Step(alarmed, (numbers,))
    numbers = replace(numbers, buttons=(*numbers.buttons, button(world, "to_officer_too", "send")))
    remembered = replace(
        alarmed,
        awaiting=Awaiting.DOOR,
        asked=text[:_KEPT_WORDS],
        matter=str(MatterKind.QUESTION),
        agency=world.manner.desk,
    )
    return Step(remembered, (numbers,))


def still_urgent(world: World, memory: Memory, text: str, decision: Decision) -> Step | None:
    """Name the number again to somebody in need who goes on writing instead of calling."""
    if memory.alarmed_at is None or world.now - memory.alarmed_at > _ALARM_LASTS:
        return None
    if (told := _told_beside_it(world, memory, text, decision)) is not None:
        return told
    if asked_facet(text) and _is_past_it(world, memory, memory.alarmed_at):
        return None
    is_matter = decision.kind in (DecisionKind.ANSWER, DecisionKind.CHOICES)
    if decision.topic in _FAREWELLS or (is_matter and not is_afraid(text)):
        return None
    is_idle = decision.kind is DecisionKind.SMALLTALK or not decision.standalone or is_afraid(text)
    if not is_idle and (memory.alarm not in _ALONE or decision.matter is MatterKind.FEEDBACK):
        return None
    return Step(memory, (_numbers_to_call(world, memory.alarm, "emergency.still"),))


def _told_beside_it(world: World, memory: Memory, text: str, decision: Decision) -> Step | None:
    """Hear where it is, that nobody takes the call, that it is over; None for anything else."""
    if is_over(text) and memory.alarm in _PASSING:
        calm = replace(memory, alarm="", alarmed_at=None)
        return Step(calm, (_no_question(say(world, "emergency.over")),))
    if is_unanswered(text):
        return Step(memory, (_numbers_to_call(world, "any", "emergency.unanswered"),))
    if cue_in(text) is not Cue.PLACE and not tells_where(text):
        return None
    known = replace(memory, commune=decision.commune or memory.commune)
    return Step(known, (_numbers_to_call(world, memory.alarm, "emergency.place"),))


def _is_past_it(world: World, memory: Memory, alarmed_at: datetime) -> bool:
    """Whether another matter was spoken of since the alarm: "nộp đơn ở đâu" is about that."""
    asked = world.question(memory.question)
    is_offered = must_choose(memory) and asked is not None and asked.received_at > alarmed_at
    return is_offered or (memory.shown_at is not None and memory.shown_at > alarmed_at)


def _numbers_to_call(world: World, topic: str, message_id: str) -> Outgoing:
    numbers = _EMERGENCY_NUMBERS.get(topic, ("113", "114", "115"))
    call = (Button(world.wording("button.call", phone=n), phone=n) for n in numbers)
    return replace(say(world, message_id, *call), decision=DecisionKind.EMERGENCY)


def _is_idle_before_a_choice(memory: Memory, decision: Decision) -> bool:
    return must_choose(memory) and decision.topic in ("", "chatter", "greeting")


def small_talk(world: World, memory: Memory, decision: Decision) -> Step:
    """Return a short polite word; it is no question."""
    topic = decision.topic if decision.topic in _CHATTER else "chatter"
    message = say(world, f"smalltalk.{topic}", *_ways_on(world, memory, topic))
    remembered = memory if memory.awaiting is not Awaiting.HELPED else memory.settled()
    return Step(remembered, (replace(message, decision=DecisionKind.SMALLTALK),))


def _musing(world: World, memory: Memory, text: str, decision: Decision) -> Memory:
    """Keep what may begin a question though nobody could tell: "ba nha toi mat hom qua"."""
    if decision.topic not in ("", "chatter") or len(text.split()) < _FEWEST_MUSED:
        return memory
    return replace(memory, musing=text[:_KEPT_WORDS], mused_at=world.now)


def _ways_on(world: World, memory: Memory, topic: str) -> tuple[Button, ...]:
    """Return the menu for a greeting, and an officer where nothing was understood."""
    if memory.offers:
        return ()
    return {"greeting": menu(world), "chatter": menu(world)[-1:]}.get(topic, ())


def answer(world: World, memory: Memory, text: str, decision: Decision, found: list[Entry]) -> Step:
    """Answer with the card of the first entry; what was asked goes on record as answered.

    A follow-up on the entry already shown ("thế bao nhiêu tiền?") is no new question.
    """
    entry = found[0]
    is_short = len(text.split()) <= _SHORT
    is_followup = entry.id == memory.entry and (is_short or memory.awaiting is Awaiting.HELPED)
    card = answer_card(world, entry, decision.facet, again=is_followup)
    remembered = _showing(world, memory, entry, decision.facet, text)
    if is_followup:
        return Step(replace(remembered, asked=memory.asked or text), (card,), (entry.id,))
    filed = Open(
        text=text,
        matter=decision.matter,
        agency=_agency_of(world, memory, decision, entry),
        commune=decision.commune or memory.commune,
        start=State.AUTO_ANSWERED,
        answer=card.text,
        decision=explained(decision),
        media=memory.waiting_media,
    )
    remembered = replace(
        remembered,
        agency=filed.agency,
        commune=filed.commune,
        others=tuple(e.id for e in found[1:MOST_CHOICES]),
    )
    return Step(remembered, (filed, card), (entry.id,))


def offer(world: World, memory: Memory, text: str, decision: Decision, found: list[Entry]) -> Step:
    """Offer choices; the question is on record and goes to the queue if none is taken."""
    shown = found[: min(decision.offered or MOST_CHOICES, MOST_CHOICES)]
    filed = Open(
        text=text,
        matter=decision.matter,
        agency=_agency_of(world, memory, decision, shown[0]),
        commune=decision.commune or memory.commune,
        start=State.CHOOSING,
        decision=explained(decision),
        media=memory.waiting_media,
    )
    remembered = replace(
        memory,
        awaiting=Awaiting.CHOICE,
        entry="",
        asked=text[:_KEPT_WORDS],
        agency=filed.agency,
        commune=filed.commune,
        facet=decision.facet or "",
        others=tuple(e.id for e in found[len(shown) :]),
        waiting_media=(),
    )
    several = decision.topic == SEVERAL
    card = choices_card(world, shown, decision.codes, several=several)
    return Step(remembered, (filed, card), tuple(e.id for e in shown))


def narrowed(world: World, memory: Memory, text: str, decision: Decision) -> Step | None:
    """Read "ba 82 tuoi roi" with the question whose choices are open; None for another matter."""
    asked, offered = world.question(memory.question), _offered(memory)
    if not offered or not memory.asked or asked is None or asked.state is not State.CHOOSING:
        return None
    if not _may_narrow(text, decision, offered):
        return None
    whole = f"{memory.asked}\n{text}"[:_KEPT_WORDS]
    joint = world.library.decide(whole, NO_CONTEXT)
    left = [e for e in joint.entries if e in offered]
    if not left or joint.entries[0] != left[0]:
        return None
    noted = Add(asked.id, text)
    remembered = replace(memory, asked=whole)
    if joint.kind is DecisionKind.ANSWER or len(left) == 1:
        step = chosen(world, remembered, left[0])
        return replace(step, deeds=(noted, *step.deeds))
    found = [e for e in map(world.library.entry, left) if e is not None]
    return Step(remembered, (noted, choices_card(world, found, joint.codes)), tuple(left))


def _offered(memory: Memory) -> tuple[str, ...]:
    pressed = (read_payload(offer.payload) for offer in memory.offers)
    return tuple(each.argument for each in pressed if each and each.act == "entry")


def _may_narrow(text: str, decision: Decision, offered: Sequence[str]) -> bool:
    """Whether a text may say more of what is open: it names no other matter and is no chatter.

    "à không, bị mất" fits many matters, one of those offered among them.
    """
    if decision.matter is not MatterKind.QUESTION or decision.topic:
        return False
    is_brief = decision.kind is DecisionKind.CHOICES and len(text.split()) <= _SHORT
    if is_brief:
        return any(entry in offered for entry in decision.entries[:MOST_CHOICES])
    if decision.kind in (DecisionKind.ANSWER, DecisionKind.CHOICES):
        return decision.entries[0] in offered
    return decision.kind is DecisionKind.SMALLTALK and not decision.standalone


def chosen(world: World, memory: Memory, entry_id: str) -> Step:
    """Show the entry that the citizen chose."""
    entry = world.library.entry(entry_id)
    if entry is None:
        return send_to_officer(world, memory, "entry_gone")
    facet = Facet(memory.facet) if memory.facet in set(Facet) else None
    card = answer_card(world, entry, facet)
    remembered = replace(_showing(world, memory, entry, facet, memory.asked), others=memory.others)
    asked = world.question(memory.question)
    if asked is not None and asked.state is State.CHOOSING:
        return Step(remembered, (Settle(asked.id, card.text, entry.id), card), (entry.id,))
    return Step(remembered, (card,), (entry.id,))


def helped(world: World, memory: Memory) -> Step:
    """Thank; the words and the entry that fitted them are proposed for the library."""
    is_phrase = bool(memory.asked and memory.entry) and _could_be_an_alias(memory.asked)
    proposed = (ProposeAlias(memory.entry, memory.asked),) if is_phrase else ()
    return Step(replace(memory.settled(), asked=""), (*proposed, say(world, "helped")))


def not_helped(world: World, memory: Memory) -> Step:
    """Show what else it could have been, else offer the officer."""
    others = [e for e in map(world.library.entry, memory.others) if e is not None]
    if others:
        remembered = replace(memory, awaiting=Awaiting.CHOICE, others=())
        cited = tuple(e.id for e in others[:MOST_CHOICES])
        return Step(remembered, (choices_card(world, others),), cited)
    message = say(
        world, "nothelped", button(world, "to_officer", "send"), button(world, "rephrase", "keep")
    )
    return Step(replace(memory, awaiting=Awaiting.CHOICE), (message,))


def prompt(world: World, memory: Memory) -> Step:
    """Gently ask for the rest of a thought that did not come; what is open stays open."""
    return Step(memory, (_no_question(say(world, "prompt")),))


def _could_be_an_alias(text: str) -> bool:
    """Whether words may teach the library: short, and nobody's name or number among them."""
    return len(text.split()) <= _LONGEST_ALIAS and not redact(text).masks


def _no_question(message: Outgoing) -> Outgoing:
    return replace(message, decision=DecisionKind.SMALLTALK)


def _showing(world: World, memory: Memory, entry: Entry, facet: Facet | None, text: str) -> Memory:
    return replace(
        memory,
        awaiting=Awaiting.HELPED,
        asked=text[:_KEPT_WORDS],
        entry=entry.id,
        shown_at=world.now,
        facet=facet or "",
        waiting_media=(),
    )


def _agency_of(world: World, memory: Memory, decision: Decision, entry: Entry) -> str:
    if decision.agency or not entry.agencies:
        return route(world, memory, decision)
    return route(world, memory, replace(decision, agency=entry.agencies[0]))
