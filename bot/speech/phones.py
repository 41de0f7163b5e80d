"""Telephone numbers, figure by figure, so that a listener can write them down."""

import re

from bot.speech.numerals import digit_by_digit
from bot.speech.rules import Match, Rule, one_of, rule, table

_COUNTED = one_of(table("counted"))
_LINES = one_of(table("lines"))
_DIALLED = re.compile(
    r"(?:gọi|tổng đài|đường dây nóng|điện thoại|hotline|máy|ĐT|SĐT|fax|Zalo)\W*(?:số\W*)?$",
    re.IGNORECASE,
)
_COUNTING = re.compile(
    r"(?:hơn|khoảng|gần|trên|dưới|đủ|tổng|thêm|Điều|điều|khoản|điểm|trang|mục|thửa|tờ|lô|quyển)\s$"
)


def _phone(match: Match) -> str:
    plus = "cộng " if match[0].lstrip("(").startswith("+") else ""
    return plus + " ".join(digit_by_digit(group) for group in re.findall(r"\d+", match[0]))


def _dialled(match: Match) -> str | None:
    before = match.string[max(match.start() - 30, 0) : match.start()]
    return _phone(match) if _DIALLED.search(before) else None


def _line(match: Match) -> str | None:
    """Read a public line by its figures, unless the sentence counts something."""
    before = match.string[max(match.start() - 12, 0) : match.start()]
    return None if _COUNTING.search(before) else digit_by_digit(match[0])


PHONES: tuple[Rule, ...] = (
    rule(r"(?<![\w.,/])1[89]00(?:[\ .-]?\d{2,4}){1,2}(?![\w/]|,\d)", _phone),
    rule(r"(?<![\w.,/])\(?\+84\)?(?:[\ .-]?\(?\d{1,4}\)?){2,5}(?![\w/])", _phone),
    rule(
        r"(?<![\w.,/])(?:\(0\d{1,3}\)|0\d{1,3})(?:[\ .-]?\d{2,4}){2,4}(?![\w/]|,\d)",
        _phone,
    ),
    rule(r"(?<![\w.,/])\d{3,12}(?:[\ .]\d{3,4}){0,2}(?![\w/]|[.,]\d)", _dialled),
    rule(
        rf"(?<![\w.,/:-])(?:{_LINES})(?![\w%/:°²³]|[.,-]\d|\s+(?:{_COUNTED})\b)",
        _line,
        re.IGNORECASE,
    ),
)
