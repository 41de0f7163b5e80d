"""The way from written to spoken: each rule reads one kind of writing, the surest first."""

import re
import unicodedata
from dataclasses import dataclass

from bot.speech.abbreviations import ABBREVIATIONS, PLACES
from bot.speech.addresses import ADDRESSES
from bot.speech.amounts import AMOUNTS
from bot.speech.documents import DOCUMENTS
from bot.speech.moments import DASHED, MOMENTS
from bot.speech.phones import PHONES
from bot.speech.ranges import RANGES

_RULES = (
    *ADDRESSES,
    *DOCUMENTS,
    *PLACES,
    *PHONES,
    *DASHED,
    *RANGES,
    *MOMENTS,
    *AMOUNTS,
    *ABBREVIATIONS,
)

#: what people write is read in three; addresses without a gap would take a round for each
_MOST_ROUNDS = 12
#: syllables a host reads in a second: about 200 a minute, the pace of news in Vietnamese
_SYLLABLES_PER_SECOND = 3.3
_PAUSE_SECONDS = 0.7


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is read aloud, and how long it takes."""

    text: str
    seconds: int


def speak(text: str) -> Spoken:
    """Read a text as a host does: no figure remains, hotlines go figure by figure.

    A text with nothing to expand comes back word for word.
    """
    read = _plain_figures(text)
    for _ in range(_MOST_ROUNDS):
        if (after := _once(read)) == read:
            break
        read = after
    return Spoken(read, seconds_of(read))


def seconds_of(spoken: str) -> int:
    """Return the speaking time of a text without figures, in whole seconds rounded up."""
    syllables = len(re.findall(r"\w+", spoken))
    pauses = len(re.findall(r"[.!?…:;]+(?=\s)|\n+", spoken.strip()))
    return -int(-(syllables / _SYLLABLES_PER_SECOND + pauses * _PAUSE_SECONDS) // 1)


def _once(text: str) -> str:
    for rule in _RULES:
        text = rule.apply(text)
    return text


def _plain_figures(text: str) -> str:
    """Return the text with figures of other kinds (Khmer, circled, ½) as plain ones.

    Raised 2 and 3 stay for the measures; whatever is left of them is read afterwards.
    """
    text = re.sub(r"(?<=[kcdm]m)[²³]|(?<=m)[²³]", lambda m: "2" if m[0] == "²" else "3", text)
    return "".join(_plain(character) for character in text)


def _plain(character: str) -> str:
    if character.isascii() or not (character.isdigit() or unicodedata.category(character) == "No"):
        return character
    if character.isdigit():
        return str(unicodedata.digit(character))
    return unicodedata.normalize("NFKC", character).replace("\N{FRACTION SLASH}", "/")
