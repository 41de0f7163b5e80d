"""Text of citizens made comparable: cleaned, cut into syllables, folded."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

MAX_CHARACTERS = 4000
MAX_WORDS = 160

_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
_WORD = re.compile(r"\d+(?:[.,/]\d+)+|[^\W_]+", re.UNICODE)
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_TONES = {"\u0300": "f", "\u0301": "s", "\u0303": "x", "\u0309": "r", "\u0323": "j"}
_TONE_OF = {"f": "\u0300", "s": "\u0301", "x": "\u0303", "r": "\u0309", "j": "\u0323"}
_OPEN_GLIDES = ("oa", "oe", "uy")
_I_AFTER = "hklmst"
_D = str.maketrans({"đ": "d", "Đ": "D"})


def clean(text: str) -> str:
    """Return NFC text without unseen characters (NUL, surrogates, bidi, tags, zero width)."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text))


def fold(text: str) -> str:
    """Return lower case without tone and vowel marks: "Khai tử" becomes "khai tu"."""
    parts = unicodedata.normalize("NFD", text.lower())
    plain = "".join(c for c in parts if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", plain.translate(_D))


@lru_cache(maxsize=50_000)
def bare(word: str) -> str:
    """Return one word folded; remembered, since few words make up most of what is written."""
    return fold(word)


def split(text: str) -> list[str]:
    """Return canonical lower-case words, at most MAX_WORDS.

    A long text keeps its head and its tail, where the question usually stands.
    """
    short = clean(_shortened(text)).lower()
    found = _WORD.findall(_STRETCHED.sub(r"\1", short))
    if len(found) > MAX_WORDS:
        half = MAX_WORDS // 2
        found = found[:half] + found[-half:]
    return [canonical(word[:40]) for word in found]


@lru_cache(maxsize=50_000)
def canonical(word: str) -> str:
    """Return one spelling for a syllable: "hoà" and "hòa", "kỹ" and "kĩ" become the same."""
    if word.isascii():
        return (
            word[:-1] + "i" if len(word) == 2 and word[1] == "y" and word[0] in _I_AFTER else word
        )
    plain, tone = _without_tone(word)
    if len(plain) > 2 and plain[-1] == plain[-2] and tone:
        plain = plain[:-1]
    if plain[-2:] in _OPEN_GLIDES and not plain.startswith("qu"):
        return unicodedata.normalize("NFC", plain[:-1] + tone + plain[-1])
    if plain.endswith("y") and (plain[:-1] == "qu" or (len(plain) == 2 and plain[0] in _I_AFTER)):
        plain = plain[:-1] + "i"
    return _with_tone(plain, tone)


def respell(words: Iterable[str], table: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Replace each word that the table spells otherwise ("sanh" → "sinh", "gplx" → three words)."""
    written: list[str] = []
    for word in words:
        written.extend(table.get(word, (word,)))
    return written


def telex(word: str) -> str:
    """Return what raw telex keys mean without marks: "ddawng" → "dang", "kys" → "ky"."""
    plain = word[:-1] if len(word) > 2 and word[-1] in "sfrxj" else word
    plain = re.sub(r"(?<=[aou])w|(?<=[a-z])[sfrxj](?=[a-z])", "", plain)
    return re.sub(r"([aeod])\1", r"\1", plain)


def _shortened(text: str) -> str:
    if len(text) <= MAX_CHARACTERS:
        return text
    half = MAX_CHARACTERS // 2
    return text[:half] + " " + text[-half:]


def _without_tone(word: str) -> tuple[str, str]:
    parts = unicodedata.normalize("NFD", word)
    tone = next((c for c in parts if c in _TONES), "")
    return unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES)), tone


def _with_tone(plain: str, tone: str) -> str:
    if not tone:
        return plain
    spot = _tone_spot(plain)
    return unicodedata.normalize("NFC", plain[: spot + 1] + tone + plain[spot + 1 :])


def _tone_spot(plain: str) -> int:
    start = 2 if plain[:2] in {"qu", "gi"} and len(plain) > 2 else 0
    vowels = [i for i in range(start, len(plain)) if bare(plain[i]) in "aeiouy"]
    if not vowels:
        return len(plain) - 1
    marked = [i for i in vowels if bare(plain[i]) != plain[i]]
    if marked:
        return marked[-1]
    if len(vowels) >= 3 or (len(vowels) == 2 and vowels[-1] < len(plain) - 1):
        return vowels[1]
    return vowels[0]
