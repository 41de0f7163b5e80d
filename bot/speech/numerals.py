"""Numbers in words."""

from collections.abc import Iterable

_DIGITS = "không một hai ba bốn năm sáu bảy tám chín".split()
_BILLION = 10**9
#: beyond this nobody follows a number by ear: its figures are read one by one
_LONGEST = 15
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


def digit_by_digit(figures: str) -> str:
    """Read the figures of a text one by one, whatever stands between them."""
    return " ".join(_DIGITS[int(figure)] for figure in figures if figure in "0123456789")


def cardinal(figures: str) -> str:
    """Read a whole number; one too long to follow is read figure by figure."""
    if len(figures) > _LONGEST:
        return digit_by_digit(figures)
    return _words(int(figures))


def ordinal(figures: str) -> str:
    """Read a number as it follows "thứ": nhất, hai, ba, tư."""
    return {1: "nhất", 4: "tư"}.get(int(figures)) or cardinal(figures)


def month(figures: str) -> str:
    """Read the number of a month: the fourth is "tư"."""
    return "tư" if int(figures) == 4 else cardinal(figures)


def decimals(figures: str) -> str:
    """Read what follows a decimal comma: two figures as a number, more one by one."""
    if len(figures) <= 2 and not figures.startswith("0"):
        return cardinal(figures)
    return digit_by_digit(figures)


def roman(letters: str) -> int:
    """Return the value of a Roman numeral, 0 for letters that are none."""
    values = [_ROMAN.get(letter, 0) for letter in letters]
    total = sum(
        -value if value < later else value
        for value, later in zip(values, [*values[1:], 0], strict=True)
    )
    return total if values and all(values) and _written(total) == letters else 0


def _written(number: int) -> str:
    steps = (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV")
    letters = ""
    for value, letter in (*steps, (1, "I")):
        times, number = divmod(number, value)
        letters += letter * times
    return letters


def _words(number: int) -> str:
    if number >= _BILLION:
        billions, rest = divmod(number, _BILLION)
        return _joined((f"{_words(billions)} tỷ", _below_billion(rest, led=True) if rest else ""))
    return _below_billion(number, led=False) or _DIGITS[0]


def _below_billion(number: int, *, led: bool) -> str:
    groups = []
    for scale, name in ((10**6, "triệu"), (10**3, "nghìn"), (1, "")):
        group, number = divmod(number, scale)
        if group:
            groups.append(f"{_hundreds(group, led=led)} {name}".strip())
            led = True
    return _joined(groups)


def _hundreds(group: int, *, led: bool) -> str:
    hundreds, rest = divmod(group, 100)
    if not hundreds and not led:
        return _tens(rest)
    return _joined((f"{_DIGITS[hundreds]} trăm", _after_hundreds(rest)))


def _after_hundreds(rest: int) -> str:
    if 0 < rest < 10:
        return f"linh {_DIGITS[rest]}"
    return _tens(rest) if rest else ""


def _tens(number: int) -> str:
    tens, unit = divmod(number, 10)
    if not tens:
        return _DIGITS[unit]
    head = "mười" if tens == 1 else f"{_DIGITS[tens]} mươi"
    if not unit:
        return head
    changed = {5: "lăm"} if tens == 1 else {1: "mốt", 4: "tư", 5: "lăm"}
    return f"{head} {changed.get(unit, _DIGITS[unit])}"


def _joined(parts: Iterable[str]) -> str:
    return " ".join(part for part in parts if part)
