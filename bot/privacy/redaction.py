"""Find what identifies a citizen in a text and put a plain word in its place."""

from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.privacy.masks import LABELS, Mask
from bot.privacy.rules import RULES


@dataclass(frozen=True, slots=True)
class Redacted:
    """The masked text and what of the input was masked."""

    text: str
    masks: tuple[Mask, ...]


def redact(text: str) -> Redacted:
    """Mask personal data; what is public (codes of procedures, hotlines, money, offices) stays."""
    masks = tuple(_without_overlaps(find_masks(text)))
    return Redacted("".join(_pieces(text, masks)), masks)


def find_masks(text: str) -> Iterator[Mask]:
    """Yield what each rule finds, the surest rules first; stretches may overlap."""
    for rule in RULES:
        yield from rule(text)


def _without_overlaps(masks: Iterable[Mask]) -> list[Mask]:
    """Keep the first mask of each stretch: rules come in order of trust."""
    kept: list[Mask] = []
    for mask in masks:
        place = bisect(kept, mask)
        before_ends = place == 0 or kept[place - 1].end <= mask.start
        if before_ends and (place == len(kept) or mask.end <= kept[place].start):
            kept.insert(place, mask)
    return kept


def _pieces(text: str, masks: Iterable[Mask]) -> Iterator[str]:
    position = 0
    for mask in masks:
        yield text[position : mask.start]
        yield LABELS[mask.kind]
        position = mask.end
    yield text[position:]
