"""Money, measures, shares, ranges, and every number that is left."""

import re

from bot.speech.numerals import cardinal, decimals, digit_by_digit
from bot.speech.rules import Match, Rule, one_of, rule, table

_UNITS = table("units")
_UNIT = one_of(_UNITS)
#: letters that are a measure only right behind the number
_CLOSE = frozenset("kKVWlgh")
_GROUPED = r"\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3}){2,}|\d{1,3}(?:\ \d{3}){2,}"
_NUMBER = rf"(?:(?:{_GROUPED}|\d+)(?:,\d+)?)"


_SQUARE = [unit for unit in _UNITS if unit.endswith(("2", "3"))]


def _grouped(match: Match) -> str:
    whole, comma, rest = match[0], "", ""
    if not re.fullmatch(r"\d{1,3}(?:,\d{3}){2,}", whole):
        whole, comma, rest = whole.partition(",")
    return cardinal(re.sub(r"\D", "", whole)) + (f" phẩy {decimals(rest)}" if comma else "")


def _with_unit(match: Match) -> str | None:
    if match["gap"] and match["unit"] in _CLOSE:
        return None
    return f"{match['number']} {_UNITS[match['unit']]}{_per(match['per'])}"


def _per(per: str | None) -> str:
    """Read what a measure counts for: đồng/tháng, km/h."""
    pieces = (per or "").strip("/").split("/")
    return "".join(f" mỗi {_UNITS.get(piece, piece)}" for piece in pieces if piece)


def _fraction(match: Match) -> str:
    upper, lower = match["upper"], match["lower"]
    between = "phần" if 0 < int(upper) < int(lower) else "trên"
    return f"{cardinal(upper)} {between} {cardinal(lower)}"


def _whole(match: Match) -> str:
    """Read a run of figures: an amount, or figure by figure where it is a mere number."""
    figures = match[0]
    is_number = len(figures) < 9 and not (figures.startswith("0") and len(figures) > 2)
    return cardinal(figures) if is_number else digit_by_digit(figures)


def _told_twice(match: Match) -> str | None:
    """Read "02 (hai)" once."""
    return match["words"] if match["words"].lower() == cardinal(match["number"]) else None


AMOUNTS: tuple[Rule, ...] = (
    rule(
        r"(?<![\w.,/])(?P<number>\d{1,4})\s?\((?P<words>[^\W\d_]+(?:\s[^\W\d_]+){0,6})\)",
        _told_twice,
    ),
    # a list without spaces is no decimal number
    rule(
        r"(?<![\w.,])\d{1,2}(?:,\d{1,2}){2,}(?![\d.,]\d)(?!\d)",
        lambda match: match[0].replace(",", ", "),
    ),
    rule(
        r"(?<![\w.,-])[-\N{MINUS SIGN}](?=\d+(?:,\d+)?\s?(?:°|độ))",
        lambda _match: "âm ",
    ),
    rule(
        rf"""(?P<number>(?<![\w]){_NUMBER})(?P<gap>\s?)(?P<unit>{_UNIT})
        (?P<per>(?:/(?!\d)[^\W\d_][\w²³]*)+)?(?!\w)""",
        _with_unit,
    ),
    # a unit that stands for a word of its own: "đồng/tháng", "triệu đồng/hộ"
    rule(
        r"\b(?P<what>đồng|người|lần|suất|tấn|kg|phần\ trăm)/(?P<per>[^\W\d_]+(?:/[^\W\d_]+)*)",
        lambda match: f"{match['what']}{_per(match['per'])}",
    ),
    rule(rf"(?<![\w.,])(?:{_GROUPED})(?:,\d+)?(?!\d|[.,]\d)", _grouped),
    rule(r"(?<![\d.,/])(?P<upper>\d{1,4})\s?[/:]\s?(?P<lower>\d{1,4})(?![\d/:]|[.,]\d)", _fraction),
    rule(
        r"(?<![\d.,])(?P<whole>\d+),(?P<rest>\d+)(?!\d|[.,]\d)",
        lambda match: f"{cardinal(match['whole'])} phẩy {decimals(match['rest'])}",
    ),
    rule(r"(?<=\d)[.](?=\d)", lambda _match: " chấm "),
    rule(r"(?<=[^\W\d_])-(?=\d)", lambda _match: " "),
    rule(rf"(?<!\w)(?P<unit>{one_of(_SQUARE)})(?!\w)", lambda match: _UNITS[match["unit"]]),
    rule(r"[0-9]+", _whole),
)
