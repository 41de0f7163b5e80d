"""Matters for which no procedure card would be right: scams, own files, trust, Khmer script."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from bot.conversation.acts import Open, Receipt, Step
from bot.conversation.choosing import asked_again, must_choose
from bot.conversation.cues import (
    Cue,
    cue_in,
    goes_on_grumbling,
    has_file_number,
    names_where,
    tells_where,
)
from bot.conversation.followup import add
from bot.conversation.handover import explained, hand_over, send_to_officer
from bot.conversation.merger import merged, today
from bot.conversation.replies import button, say
from bot.conversation.state import Awaiting, Memory
from bot.conversation.words import plain
from bot.conversation.world import World
from bot.messages import Button
from knowledge.decisions import Decision, DecisionKind, MatterKind

Special: TypeAlias = Callable[[World, Memory, str, Decision], Step | None]

#: "hồ sơ … chưa có …" also begins questions that the library knows better
_FILES = frozenset({Cue.OWN_FILE, Cue.LATE_FILE})
#: whoever asks for an officer in more words than these says what for
_BARE_WISH = 7
#: a place named in more words than these may stand in a question
_BARE_PLACE = 5
#: what the matcher and our own cues call the same thing
_TOPICS = {
    "own_file": Cue.OWN_FILE,
    "scam": Cue.SCAM,
    "scam_lost": Cue.SCAM_LOST,
    "khmer": Cue.KHMER,
}
_ONLY_LINKS = re.compile(r"(?:(?:https?://|www\.)\S+\s*)+", re.IGNORECASE)


def special_matter(world: World, memory: Memory, text: str, decision: Decision) -> Step | None:
    """Return the step for a special matter, None for an ordinary message."""
    return _wished(world, memory, text, decision) or _cued(world, memory, text, decision)


def _wished(world: World, memory: Memory, text: str, decision: Decision) -> Step | None:
    if decision.topic == "officer" and len(text.split()) <= _BARE_WISH:
        return send_to_officer(world, memory, "asked_for_officer")
    if decision.topic == "officer":
        return hand_over(world, memory, text, decision, "asked_for_officer")
    if decision.topic == "real_channel":
        return genuine(world, memory)
    if _ONLY_LINKS.fullmatch(text.strip()):
        return _told(world, memory, "media.link")
    return None


def _cued(world: World, memory: Memory, text: str, decision: Decision) -> Step | None:
    grave = decision.matter in (MatterKind.COMPLAINT, MatterKind.DENUNCIATION)
    if grave or decision.kind is DecisionKind.EMERGENCY:
        return None
    found = cue_in(text)
    if _waits_for_a_file(memory) and (found is Cue.LATE_FILE or goes_on_grumbling(text)):
        return _late_file(world, memory, text, decision)
    if found is None and _says_where(text, decision):
        return _place(world, memory, text, decision)
    is_told = found in (Cue.SCAM_LOST, Cue.IDENTITY_PAPER, Cue.LATE_FILE)
    cue = found if is_told else _TOPICS.get(decision.topic) or found
    is_matter = decision.kind in (DecisionKind.ANSWER, DecisionKind.CHOICES)
    if cue in _FILES and is_matter and not has_file_number(text):
        return None
    act = _SPECIAL.get(cue) if cue else None
    return act(world, memory, text, decision) if act else None


def _says_where(text: str, decision: Decision) -> bool:
    """Whether a commune is named as somebody's own though no word says what it is: "ở Ngã Năm"."""
    if decision.commune and names_where(text):
        return True
    is_unsure = decision.kind in (DecisionKind.SMALLTALK, DecisionKind.CHOICES)
    is_bare = decision.kind is DecisionKind.SMALLTALK or len(text.split()) <= _BARE_PLACE
    return is_unsure and is_bare and bool(decision.commune) and tells_where(text)


def genuine(world: World, memory: Memory) -> Step:
    """Say who we are and where that can be checked."""
    said = world.wording
    address = world.manner.public_url
    domain = said("genuine.domain", address=address) if address else ""
    text = said("genuine", place=world.manner.place, domain=domain).replace("  ", " ")
    return Step(memory, (replace(say(world, "kept"), text=text),))


def who(world: World, memory: Memory) -> Step:
    """Say that a machine answers, and when people do."""
    return Step(memory, (say(world, "genuine.who", button(world, "officer", "officer")),))


def _scam(world: World, memory: Memory, text: str, decision: Decision) -> Step:
    del decision
    call = Button(world.wording("button.call", phone="113"), phone="113")
    advice = "scam.lost" if cue_in(text) is Cue.SCAM_LOST else "scam"
    warning = replace(say(world, advice, call), decision=DecisionKind.HANDOFF)
    return Step(memory.settled(), (warning,))


def _own_file(world: World, memory: Memory, text: str, decision: Decision) -> Step:
    """Separate the file's number from our code, and show where files are looked up."""
    told = world.question(memory.question)
    if told is not None and told.is_open and cue_in(told.text) in _FILES and has_file_number(text):
        return add(world, memory, told, text, ())
    if decision.matter is MatterKind.FEEDBACK:
        return _late_file(world, memory, text, decision)
    is_told = _waits_for_a_file(memory)
    remembered = replace(
        memory.settled(),
        awaiting=Awaiting.DOOR,
        asked=f"{memory.asked}\n{text}" if is_told else text,
        matter=str(MatterKind.FEEDBACK),
        agency=decision.agency or world.manner.desk,
    )
    message_id = "own_file.number" if is_told and has_file_number(text) else "own_file"
    offered = say(
        world, message_id, button(world, "file_late", "send"), button(world, "keep", "keep")
    )
    return Step(remembered, (replace(offered, decision=DecisionKind.HANDOFF),))


def _waits_for_a_file(memory: Memory) -> bool:
    """Whether somebody asked where a file of theirs is, and may say more of it."""
    return memory.awaiting is Awaiting.DOOR and cue_in(memory.asked.split("\n")[0]) in _FILES


def _late_file(world: World, memory: Memory, text: str, decision: Decision) -> Step:
    """Hand a late file to the body that received it, as feedback, with what was told before."""
    if _waits_for_a_file(memory):
        text = f"{memory.asked}\n{text}"
    feedback = replace(decision, matter=MatterKind.FEEDBACK)
    filed = hand_over(world, memory, text, feedback, "late_file")
    return replace(filed, deeds=(*filed.deeds, say(world, "own_file.where")))


def _khmer(world: World, memory: Memory, text: str, decision: Decision) -> Step:
    """Hand Khmer text to people: no machine reads or writes it here."""
    agency = memory.commune or world.manner.desk
    filed = Open(
        text=text,
        matter=MatterKind.QUESTION,
        agency=agency,
        commune=memory.commune,
        decision=explained(decision, mark="khmer"),
        media=memory.waiting_media,
    )
    return Step(
        replace(memory.settled(), waiting_media=()), (filed, Receipt("receipt.khmer", agency))
    )


def _identity_paper(world: World, memory: Memory, text: str, decision: Decision) -> Step:
    del text, decision
    return _told(world, replace(memory, identity_announced=True), "identity.please_not")


def _pictures(world: World, memory: Memory, text: str, decision: Decision) -> Step:
    del text, decision
    return _told(world, memory, "media.may")


def _speaks_khmer(world: World, memory: Memory, text: str, decision: Decision) -> Step:
    del text, decision
    return _told(world, memory, "khmer.may")


def _speaks_vietnamese(world: World, memory: Memory, text: str, decision: Decision) -> Step:
    del text, decision
    return _told(world, memory, "vietnamese.may")


def _acknowledged(world: World, memory: Memory, text: str, decision: Decision) -> Step:
    del text, decision
    return _told(world, memory, "acknowledged")


def _place(world: World, memory: Memory, text: str, decision: Decision) -> Step:
    """Note where somebody lives, and name it as we understood it; what is offered stays."""
    known = replace(memory, commune=decision.commune or memory.commune)
    if not decision.commune:
        return _told(world, known, "commune.which")
    commune = today(world, decision.commune)
    if plain(commune) not in plain(text):
        commune = world.wording("commune.new_name", commune=commune)
    if must_choose(memory):
        return Step(known, (asked_again(world, known, "commune.known_choosing", commune=commune),))
    told = say(world, "commune.known", commune=commune)
    return Step(known, (replace(told, decision=DecisionKind.SMALLTALK),))


def _introduced(world: World, memory: Memory, text: str, decision: Decision) -> Step | None:
    """Keep who somebody is for the question that follows: "tui là cựu chiến binh"."""
    if decision.kind is DecisionKind.ANSWER or memory.offers:
        return None
    return _told(world, replace(memory, musing=text, mused_at=world.now), "introduced")


def unlettered(world: World, memory: Memory, text: str) -> Step | None:
    """Tell who cannot write how to speak to us instead; None for anybody else."""
    if cue_in(text) is not Cue.UNLETTERED:
        return None
    ways = button(world, "hotlines", "hotlines"), button(world, "officer", "officer")
    told = replace(say(world, "unlettered", *ways), decision=DecisionKind.SMALLTALK)
    return Step(memory, (told,))


def _told(world: World, memory: Memory, message_id: str) -> Step:
    return Step(memory, (replace(say(world, message_id), decision=DecisionKind.SMALLTALK),))


_SPECIAL: Mapping[Cue, Special] = {
    Cue.SCAM: _scam,
    Cue.SCAM_LOST: _scam,
    Cue.MERGER: merged,
    Cue.PLACE: _place,
    Cue.INTRODUCED: _introduced,
    Cue.PICTURES: _pictures,
    Cue.SPEAKS_KHMER: _speaks_khmer,
    Cue.SPEAKS_VIETNAMESE: _speaks_vietnamese,
    Cue.OWN_FILE: _own_file,
    Cue.LATE_FILE: _late_file,
    Cue.KHMER: _khmer,
    Cue.IDENTITY_PAPER: _identity_paper,
    Cue.ACKNOWLEDGED: _acknowledged,
}
