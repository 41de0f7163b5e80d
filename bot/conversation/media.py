"""What comes without words: pictures, voice, stickers, calls. Never silence, rarely a question."""

from dataclasses import replace

from bot.conversation.acts import Act, DropMedia, Open, Receipt, Reply, Step
from bot.conversation.followup import add, supplement
from bot.conversation.hearing import Thought, shows_identity_paper
from bot.conversation.replies import menu, say
from bot.conversation.state import Awaiting, Memory
from bot.conversation.world import World
from bot.messages import AttachmentKind, IncomingKind, Outgoing
from knowledge.decisions import DecisionKind, MatterKind

_KEPT = frozenset(
    {
        AttachmentKind.IMAGE,
        AttachmentKind.VIDEO,
        AttachmentKind.FILE,
        AttachmentKind.AUDIO,
        AttachmentKind.LOCATION,
    }
)
_WORDLESS = {
    IncomingKind.STICKER: "media.sticker",
    IncomingKind.CALL: "media.call",
}


def wordless(world: World, memory: Memory, thought: Thought) -> Step:
    """Answer a sticker, a call, a reaction, a first contact."""
    if thought.kind is IncomingKind.OPENED:
        return opened(world, memory)
    if thought.kind is IncomingKind.REACTION:
        return _reaction(world, memory)
    return Step(memory, (_idle(world, _WORDLESS.get(thought.kind, "prompt")),))


def opened(world: World, memory: Memory) -> Step:
    """Welcome who comes for the first time; whoever comes back is greeted briefly."""
    message = "welcome.back" if memory.greeted else "welcome"
    manner = world.manner
    formerly = f" ({manner.formerly})" if manner.formerly else ""
    welcome = say(world, message, *menu(world), place=f"{manner.place}{formerly}")
    return Step(replace(memory, greeted=True), (welcome,))


def attached(world: World, memory: Memory, thought: Thought) -> Step:
    """Tie what came without words to the question it belongs to, or ask which one."""
    if shows_identity_paper(thought) or memory.identity_announced:
        dropped = replace(memory, identity_announced=False)
        return Step(dropped, (DropMedia(thought.message_ids), _idle(world, "identity.dropped")))
    kinds = {attachment.kind for attachment in thought.attachments}
    if not kinds & _KEPT:
        return Step(memory, (_idle(world, _unkept(kinds)),))
    if (tied := _tied(world, memory, thought)) is not None:
        return tied
    if kinds == {AttachmentKind.AUDIO}:
        return _voice(world, memory, thought)
    waiting = replace(memory, waiting_media=(*memory.waiting_media, *thought.message_ids))
    return Step(waiting, (_idle(world, _asking(kinds, len(thought.attachments))),))


def _tied(world: World, memory: Memory, thought: Thought) -> Step | None:
    """Add to the question that is quoted, asked about, or the only one open."""
    quoted = next((world.quoted[ref] for ref in thought.quotes if ref in world.quoted), None)
    asked = world.question(quoted)
    if asked is None and memory.awaiting is Awaiting.MORE:
        asked = world.question(memory.question)
    if asked is not None:
        return add(world, memory, asked, "", thought.message_ids)
    return supplement(world, memory, "", thought.message_ids)


def _voice(world: World, memory: Memory, thought: Thought) -> Step:
    """File a spoken question: officers listen to it in working hours."""
    filed = Open(
        text=world.wording("media.voice_text"),
        matter=MatterKind.QUESTION,
        agency=world.manner.desk,
        commune=memory.commune,
        decision={"mark": "voice", "version": world.library.version},
        media=(*memory.waiting_media, *thought.message_ids),
    )
    deeds: tuple[Act | Reply, ...] = (filed, Receipt("receipt.voice", world.manner.desk))
    return Step(replace(memory.settled(), waiting_media=()), deeds)


def _reaction(world: World, memory: Memory) -> Step:
    """Thank for a reaction once in a conversation; a heart under each answer needs no word."""
    if memory.thanked:
        return Step(memory)
    return Step(replace(memory, thanked=True), (_idle(world, "media.reaction"),))


def _unkept(kinds: set[AttachmentKind]) -> str:
    return "media.contact" if AttachmentKind.CONTACT in kinds else "media.link"


def _asking(kinds: set[AttachmentKind], count: int) -> str:
    if kinds == {AttachmentKind.LOCATION}:
        return "media.location"
    return "media.pictures" if count > 1 else "media.picture"


def _idle(world: World, message_id: str) -> Outgoing:
    return replace(say(world, message_id), decision=DecisionKind.SMALLTALK)
