"""What to look at before an answer leaves; advice to the officer, never a lock."""

import re
from dataclasses import dataclass

from bot.privacy import redact

_LONGEST = 1500
#: forms of address and words that the channel does not use towards citizens
_UNKIND = re.compile(r"\b(bạn|các bạn|em|quý khách|người dùng|từ chối|không hợp lệ)\b", re.I)
#: tiers and papers that ended; an answer that names them was probably copied
_ABOLISHED = re.compile(
    r"(cấp huyện|UBND (?:các )?huyện|Ủy ban nhân dân huyện|sổ hộ khẩu|sổ tạm trú)", re.I
)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list: `name` is the end of a message id."""

    name: str
    passed: bool
    excerpt: str = ""


def check_answer(text: str, basis: str) -> list[Check]:
    """Return every check with its outcome and the words that failed it."""
    return [
        Check("basis", bool(basis.strip())),
        Check("length", 0 < len(text.strip()) <= _LONGEST),
        _without("address", _UNKIND, text),
        _without("abolished", _ABOLISHED, text),
        _without_personal_data(text),
    ]


def _without(name: str, pattern: re.Pattern[str], text: str) -> Check:
    found = pattern.search(text)
    return Check(name, found is None, found[0] if found else "")


def _without_personal_data(text: str) -> Check:
    masks = redact(text).masks
    return Check("privacy", not masks, text[masks[0].start : masks[0].end] if masks else "")
