"""Bytes to text whatever the encoding, and text of old fonts to Unicode."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence

from knowledge.importers.faults import BadFile, Fault
from knowledge.importers.legacy import from_tcvn3, from_vni
from knowledge.importers.syllables import is_syllable, marked_words, share

UNICODE, TCVN3, VNI, WINDOWS = "Unicode", "TCVN3", "VNI", "Windows-1258"
_CONVERTERS: Mapping[str, Callable[[str], str]] = {TCVN3: from_tcvn3, VNI: from_vni}
_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
#: so much of the text tells its encoding
_SAMPLE = 200_000
_SURE = 0.8
_BETTER = 0.2
_WORDS = 3


def decoded(data: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding; raise BadFile where it is none we know."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return unicode_of(data.decode(encoding, errors="replace"))
    if wide := _wide(data):
        return unicode_of(data.decode(wide, errors="replace"))
    try:
        return unicode_of(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _of_one_byte(data)


def unicode_of(text: str) -> tuple[str, str]:
    """Return a text with the letters of old fonts as Unicode, and what they were."""
    name = font_of([text[:_SAMPLE]])
    return (_CONVERTERS[name](text), name) if name in _CONVERTERS else (text, UNICODE)


def font_of(texts: Iterable[str]) -> str:
    """Return in which letters texts are written: Unicode unless an old font fits much better."""
    whole = " ".join(texts)[:_SAMPLE]
    words = marked_words(whole)
    if not words:
        return UNICODE
    found = {name: share(convert(whole)) for name, convert in _CONVERTERS.items()}
    best = max(found, key=lambda name: found[name])
    enough = len(words) >= _WORDS or share(whole) == 0.0
    fits = found[best] >= _SURE and found[best] >= share(whole) + _BETTER
    return best if enough and fits else UNICODE


def converted(text: str, font: str) -> str:
    """Return one text of a sheet in an old font; a word that is Unicode already stays."""
    if font not in _CONVERTERS or (all(map(is_syllable, marked_words(text))) and _beyond(text)):
        return text
    return _CONVERTERS[font](text)


def _beyond(text: str) -> bool:
    """Whether a text holds letters that no old font writes: it must be Unicode."""
    return any(ord(c) > 0xFF for c in unicodedata.normalize("NFC", text))


def _wide(data: bytes) -> str:
    """UTF-16 without its mark shows as a NUL beside every plain letter."""
    head = data[:2000]
    if head.count(0) * 4 < len(head) or len(head) < 4:
        return ""
    return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"


def _of_one_byte(data: bytes) -> tuple[str, str]:
    windows = unicodedata.normalize("NFC", data.decode("cp1258", errors="replace"))
    latin = data.decode("latin-1")
    found: Sequence[tuple[float, str, str]] = [
        (share(windows[:_SAMPLE]), WINDOWS, windows),
        *((share(make(latin[:_SAMPLE])), name, latin) for name, make in _CONVERTERS.items()),
    ]
    fit, name, text = max(found, key=lambda one: one[0])
    if fit < _SURE / 2:
        raise BadFile(Fault.ENCODING)
    return (_CONVERTERS[name](text) if name in _CONVERTERS else text), name
