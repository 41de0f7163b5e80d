"""Whether letters could be Vietnamese: the syllables of the language follow narrow rules."""

import re
import unicodedata
from functools import lru_cache

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_START = "ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx]"
_CORE = (
    "iêu|yêu|oai|oao|oay|oeo|uây|uôi|uya|uyê|uyu|ươi|ươu|"
    "ai|ao|au|ay|âu|ây|eo|êu|ia|iê|iu|oa|oă|oe|oi|ôi|ơi|oo|ôô|ua|uâ|uê|ui|uô|uơ|uy|ưa|ưi|ươ|ưu|yê|"
    "[aăâeêioôơuưy]"
)
_SYLLABLE = re.compile(rf"(?:{_START})?(?:{_CORE})(ng|nh|ch|[ckmnpt])?")
#: a syllable that ends in a stop is spoken high or low, never level
_STOPS = frozenset({"c", "ch", "p", "t"})
_HIGH_LOW = frozenset("\u0301\u0323")
_WORD = re.compile(r"[^\W\d_]+")


def share(text: str) -> float:
    """Return which share of the words with marked letters are Vietnamese; 1.0 where none is."""
    words = marked_words(text)
    return sum(map(is_syllable, words)) / len(words) if words else 1.0


def marked_words(text: str) -> list[str]:
    """Return the words that hold a letter beyond ASCII."""
    words = _WORD.findall(unicodedata.normalize("NFC", text))
    return [word for word in words if not word.isascii()]


@lru_cache(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """Tell whether a word could be one Vietnamese syllable, its tone mark anywhere."""
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [c for c in parts if c in _TONES]
    plain = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES))
    one_case = word[1:].islower() or word.isupper() or len(word) == 1
    found = _SYLLABLE.fullmatch(plain)
    if found is None or len(tones) > 1 or not one_case:
        return False
    return found[1] not in _STOPS or not _HIGH_LOW.isdisjoint(tones)
