"""Going back to what was spoken of before: "còn cái vụ đất hồi nãy"."""

import re
from dataclasses import replace

from bot.conversation.acts import Step
from bot.conversation.cards import answer_card, named
from bot.conversation.choices import choices_card, sides_card
from bot.conversation.facets import asked_facet
from bot.conversation.payloads import read_payload
from bot.conversation.state import Awaiting, Matter, Memory
from bot.conversation.words import plain
from bot.conversation.world import World
from knowledge.entries import Entry, Facet
from knowledge.matcher import NO_CONTEXT

_MOST = 5
_BACK = re.compile(
    r"(?:(?:a|u|ua|roi|vay|the|con|quay lai|tro lai|noi lai|hoi lai|hoi tiep|ve|cho hoi lai) )*"
    r"(?:(?:cai|vu|chuyen|viec|vu viec|cau|phan) )*(?P<topic>(?:\w+ ){0,8}?)"
    r"(?:hoi nay|luc nay|ban nay|khi nay|nay gio|hoi hoi|luc dau|o tren|truoc do|khuc dau)"
    r"(?: (?:do|ay|kia|thi|sao|la))*(?P<side>(?: \w+){0,6})"
)
#: of the words that name a former matter so many must stand in it
_ENOUGH = 0.5
_ON_THE_TABLE = (Awaiting.CHOICE, Awaiting.HELPED)
_NO_TOPIC = frozenset("cai vu chuyen viec do kia ay va voi nua cua".split())


def noted(memory: Memory) -> Memory:
    """Return the memory with what lies on the table now added to the trail."""
    offered = (read_payload(offer.payload) for offer in memory.offers)
    choices = tuple(each.argument for each in offered if each and each.act == "entry")
    entries = choices or ((memory.entry,) if memory.entry else ())
    if not entries or not memory.asked or memory.awaiting not in _ON_THE_TABLE:
        return memory
    matter = Matter(memory.asked, entries, memory.question)
    before = [each for each in memory.trail if each.question != matter.question]
    return replace(memory, trail=(*before, matter)[-_MOST:])


def gone_back(world: World, memory: Memory, text: str) -> Step | None:
    """Put on the table again what a text refers to; None where it refers to nothing of before."""
    found = _BACK.fullmatch(plain(text))
    if found is None or not memory.trail:
        return None
    matter = _meant(world, memory, found["topic"].split())
    entries = [e for e in map(world.library.entry, matter.entries) if e] if matter else []
    if matter is None or not entries:
        return None
    remembered = replace(
        memory.settled(),
        awaiting=Awaiting.CHOICE if len(entries) > 1 else Awaiting.HELPED,
        asked=matter.asked,
        question=matter.question,
        entry="" if len(entries) > 1 else entries[0].id,
        shown_at=world.now,
        facet="",
    )
    return _shown(world, remembered, entries, asked_facet(found["side"]))


def _shown(world: World, memory: Memory, entries: list[Entry], facet: Facet | None) -> Step:
    cited = tuple(entry.id for entry in entries)
    if len(entries) == 1:
        card = answer_card(world, entries[0], facet, again=facet is not None)
        return Step(memory, (card,), cited)
    card = choices_card(world, entries)
    labels = [button.label for button in card.buttons]
    offered = list(zip(entries, labels, strict=False))
    sides = sides_card(world, offered, facet) if facet else None
    return Step(memory, (replace(sides, buttons=card.buttons) if sides else card,), cited)


def _meant(world: World, memory: Memory, topic: list[str]) -> Matter | None:
    """Return the latest matter that most words of the topic name, else that they would find."""
    words = {word for word in topic if word not in _NO_TOPIC}
    latest = memory.trail[::-1]
    if not words:
        return latest[1] if len(latest) > 1 else latest[0]
    shares = [len(words & _words_of(world, matter)) / len(words) for matter in latest]
    best = max(shares)
    if best >= _ENOUGH:
        return latest[shares.index(best)]
    found = world.library.decide(" ".join(topic), NO_CONTEXT).entries
    return next((m for entry in found for m in latest if entry in m.entries), None)


def _words_of(world: World, matter: Matter) -> set[str]:
    entries = (e for e in map(world.library.entry, matter.entries) if e is not None)
    texts = (matter.asked, *(f"{entry.title} {named(entry)}" for entry in entries))
    return {word for text in texts for word in plain(text).split()}
