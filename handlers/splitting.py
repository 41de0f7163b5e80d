"""Long texts in parts that a channel takes, cut where a reader would pause."""

import re
import unicodedata

#: from the pause a reader likes best to the one that only must be
_PAUSES = tuple(re.compile(pattern) for pattern in (r"\n\s*\n", r"\n", r"(?<=[.!?…;])\s", r"\s"))


def units(text: str) -> int:
    """Return the length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, longest: int) -> list[str]:
    """Return the NFC text in parts of at most `longest` units, in order, none empty."""
    rest = unicodedata.normalize("NFC", text).strip()
    parts = []
    while units(rest) > longest:
        cut = _cut(rest, _fitting(rest, longest))
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [part for part in (*parts, rest) if part]


def _fitting(text: str, longest: int) -> int:
    """Return how many characters fit."""
    used = 0
    for position, character in enumerate(text):
        used += 2 if ord(character) > 0xFFFF else 1
        if used > longest:
            return position
    return len(text)


def _cut(text: str, fitting: int) -> int:
    """Return where to cut: the best pause that leaves the part at least a third full."""
    for pause in _PAUSES:
        found = [m.end() for m in pause.finditer(text, fitting // 3, fitting + 1)]
        if found:
            return min(found[-1], fitting)
    return _between_characters(text, fitting)


def _between_characters(text: str, cut: int) -> int:
    """Step back from the middle of what is seen as one character."""
    here = cut
    while here > 1 and (unicodedata.combining(text[here]) or "\u200d" in text[here - 1 : here + 1]):
        here -= 1
    return here
