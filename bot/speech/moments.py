"""Dates, months, quarters and times of day."""

from bot.speech.numerals import cardinal, month, ordinal, roman
from bot.speech.rules import Match, Rule, rule

_CALENDAR_WORDS = r"""[Nn]gày|[Ss]áng|[Tt]rưa|[Cc]hiều|[Tt]ối|[Hh]ôm|[Mm]ùng|[Ll]ễ|[Nn]ghỉ|[Dd]ịp
    |[Tt]hứ\ (?:hai|ba|tư|năm|sáu|bảy|Hai|Ba|Tư|Năm|Sáu|Bảy|[2-7]),?|[Cc]hủ\ nhật,?
    |[Tt]rước|[Ss]au|[Hh]ạn|[Đđ]ến|[Tt]ừ|[Vv]ào|[Tt]ới"""
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?P<month>0?[1-9]|1[0-2])"
_YEAR = r"(?P<year>\d{4})"
_LEAD = r"(?P<lead>\b(?:[Nn]gày|[Mm]ùng|[Mm]ồng)\s+)?"
_EDGE = r"(?![\d/]|[.,-]\d)"


def _day(match: Match) -> str:
    lead = match["lead"] or ""
    known = lead.strip().lower().startswith(("ngày", "mùng", "mồng"))
    return f"{lead}{'' if known else 'ngày '}{_date(match)}"


def _date(match: Match) -> str:
    named = f"{cardinal(match['day'])} tháng {month(match['month'])}"
    year = match.groupdict().get("year")
    return f"{named} năm {cardinal(year)}" if year else named


def _bare_day(match: Match) -> str | None:
    """Read 30/4 as a date: what is no proper fraction and can be a day is one, and so is 2/9."""
    is_share = int(match["day"]) <= int(match["month"]) and match[0] != "2/9"
    return None if is_share or match[0] == "24/7" else _date(match)


def _month_of_year(match: Match) -> str:
    lead = match["lead"] or "tháng "
    return f"{lead}{month(match['month'])} năm {cardinal(match['year'])}"


def _quarter(match: Match) -> str | None:
    number = roman(match["quarter"]) or int(match["quarter"] if match["quarter"].isdigit() else 0)
    year = f" năm {cardinal(match['year'])}" if match["year"] else ""
    return f"{match['lead']} {cardinal(str(number))}{year}" if number in range(1, 5) else None


def _time(match: Match) -> str | None:
    hour, minute, second = int(match["hour"]), int(match["minute"] or 0), match["second"]
    if hour > 24 or minute > 59:
        return None
    spoken = f"{cardinal(str(hour))} giờ"
    if minute or second:
        spoken += f" {cardinal(str(minute))}{' phút' if second or match['suffix'] else ''}"
    return f"{spoken} {cardinal(second)} giây" if second else spoken


#: before ranges are read: here a dash belongs to the date
DASHED: tuple[Rule, ...] = (
    rule(
        rf"(?P<lead>\b[Nn]gày\s+)?(?<![\w/.,-]){_YEAR}-(?P<month>0[1-9]|1[0-2])-"
        rf"(?P<day>0[1-9]|[12]\d|3[01]){_EDGE}",
        _day,
    ),
    rule(rf"{_LEAD}(?<![\w/.,-]){_DAY}(?P<mark>[.-]){_MONTH}(?P=mark){_YEAR}{_EDGE}", _day),
    rule(
        rf"(?P<lead>\b(?:[Nn]gày|[Ll]ễ)\s+){_DAY}-{_MONTH}(?!\w){_EDGE}(?!\s*(?:tháng|đến))", _day
    ),
)

MOMENTS: tuple[Rule, ...] = (
    rule(rf"{_LEAD}(?<![\w/.,]){_DAY}\s?/\s?{_MONTH}\s?/\s?{_YEAR}{_EDGE}", _day),
    # the two holidays are named together; alone, 1/5 is a share
    rule(
        r"(?<=30/4)(?P<between>\s?(?:và|,|đến)\s)1/5(?!\w|/|[.,]\d)",
        lambda match: f"{match['between']}một tháng năm",
    ),
    rule(rf"(?P<lead>\b(?:{_CALENDAR_WORDS})\s+){_DAY}/{_MONTH}(?!\w){_EDGE}", _day),
    rule(
        rf"(?P<lead>\b[Tt]háng\s+)?(?<![\w/.,-]){_MONTH}/(?P<year>(?:19|20)\d\d)(?!\w){_EDGE}",
        _month_of_year,
    ),
    rule(r"(?P<lead>\b[Qq]uý)\s+(?P<quarter>[IV]{1,3}|[1-4])(?:/(?P<year>\d{4}))?\b", _quarter),
    rule(rf"(?<![\w/.,-]){_DAY}/{_MONTH}(?!\w){_EDGE}", _bare_day),
    rule(
        r"""(?<![\w/.,:])(?P<hour>\d{1,2})(?:h|g|:|\ ?giờ\ ?)(?P<minute>[0-5]\d)
        (?::(?P<second>[0-5]\d))?(?P<suffix>\ ?(?:ph|p|phút)\b)?(?![\d:]|\w)""",
        _time,
    ),
    rule(
        r"(?<![\w/.,:])(?P<hour>\d{1,2})h(?P<minute>)(?P<second>)(?P<suffix>)(?!\w)",
        _time,
    ),
    rule(
        r"\b(?P<lead>[Tt]hứ)\s(?P<number>\d{1,3})(?![\w/]|[.,]\d)",
        lambda match: f"{match['lead']} {ordinal(match['number'])}",
    ),
    rule(
        r"\b(?P<lead>[Tt]háng)\s(?P<number>0?[1-9]|1[0-2])(?![\w/]|[.,]\d)",
        lambda match: f"{match['lead']} {month(match['number'])}",
    ),
)
