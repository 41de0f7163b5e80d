"""The rules of masking, in order of trust; each yields stretches of the input.

Numbers are judged by their shape and by the words just before them. What is public by its
nature is spared: procedure and document codes, money, durations, hotlines, gov.vn links,
offices, schools and streets that bear a person's name.
"""

import re
from collections.abc import Callable, Iterator

from bot.privacy.masks import Mask, MaskKind
from bot.privacy.names import full_names

Rule = Callable[[str], Iterator[Mask]]

_GAP = r"[ .\-]?"
_URL = re.compile(
    r"\b(?:https?://|www\.)[^\s<>\"')\]]+"
    r"|(?<![\w.@-])(?:[a-z0-9-]{1,63}\.){1,10}"
    r"(?:com|net|org|info|vn|me|app|xyz|top|site|online|link|ly|gl)\b(?:/[^\s<>\"')\]]*)?",
    re.IGNORECASE,
)
# Bounded and anchored at the start of a word: each letter is looked at a few times at most.
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,8}"
)
_SOCIAL_HOST = re.compile(
    r"(?:^|//|\.)(?:facebook|fb|tiktok|instagram|zalo|t|m\.me|youtube)\b", re.IGNORECASE
)
_SOCIAL_NAMED = re.compile(
    r"\b(?:facebook|fb|face|zalo|tiktok|telegram|tele|insta(?:gram)?)\b"
    r"(?:\s+(?:của tôi|cua toi|tôi|toi|tên|ten|là|la|id|nick))*\s*[:=]\s*"
    r"(@?[A-Za-zÀ-ỹ0-9][\w.À-ỹ]{2,}(?:\s[A-ZĐ][\wÀ-ỹ]+){0,3})",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w.@])@[A-Za-z][\w.]{2,}")

_PHONE = re.compile(
    rf"(?<![\w/])(?<!\d[.,])(?:(?:\+|00)?84{_GAP}(?:\(0\)|0)?{_GAP}|\(?0{_GAP})"
    rf"(?:\d\)?{_GAP}{_GAP}){{8,9}}\d(?!\d|[.,]\d|/\d)"
)
_TWELVE = re.compile(rf"(?<![\w/])0(?:{_GAP}\d){{11}}(?!\d|[.,]\d)")
_PASSPORT = re.compile(r"\b[A-Z]\d{7,8}\b")
_HEALTH_CARD = re.compile(rf"\b[A-Z]{{2}}{_GAP}\d(?:{_GAP}\d){{12}}\b")
_NUMBER = re.compile(r"(?<![\w/])\+?\d(?:[ .\-]?\d){5,18}(?:-\d{3})?(?!\d|[.,]\d|/\d)")
_LONG = re.compile(r"(?<![\w/.,])\d{11,19}(?![\w]|[.,]\d)")
_PLATE = re.compile(
    r"(?<![\w./])[1-9]\d[ .\-]?(?:[A-HK-Z]{1,2}\d?|MĐ\d?|LD|NN|NG|QT)[ .\-]{0,2}"
    r"(?:\d{3}[ .]\d{2}|\d{4,5})(?!\d)",
    re.IGNORECASE,
)

_DATE = (
    r"(?:\d{4}-\d{2}-\d{2}|\d{1,2}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?(?:\d{4}|\d{2})(?!\d)"
    r"|(?:ngày |ngay )?\d{1,2} (?:tháng|thang) \d{1,2},? (?:năm |nam )?\d{4})"
)
_BIRTH = re.compile(
    rf"(?:\b(?:ngày sinh|ngay sinh|sinh ngày|sinh ngay|sinh vào|sinh vao|sinh|ngày tháng năm sinh|"
    rf"ngay thang nam sinh|n\.?sinh|sn|dob)\b)(?:[ :,]+(?!\d)\w+){{0,4}}[ :,]*({_DATE})",
    re.IGNORECASE,
)
_PLOT = re.compile(
    r"\b(?:thửa|thua|tờ bản đồ|to ban do|tờ bđ|tbđ|tờ|to)(?:\s+(?:đất|dat))?"
    r"(?:\s+(?:số|so))?\s*[:.]?\s*(\d+(?:[/\-]\d+)*[a-z]?)\b",
    re.IGNORECASE,
)
_LAND_WORD = re.compile(r"th[ửu]a|b[ảa]n đ[ồo]|ban do|bđ", re.IGNORECASE)
_STREET = re.compile(
    r"\b(?:số nhà|so nha|nhà số|nha so|số|so)?\s*(?<![\d/.])\d{1,4}[A-Za-z]?(?:/\d{1,4}[A-Za-z]?)*"
    r"\s*,?\s*(?:(?:đường|duong|đ\.|phố|hẻm|hem|ngõ|ngách|kiệt)\s+"
    r"(?:số\s+|so\s+)?(?:[A-ZĐÀ-Ỹ\d][\wÀ-ỹ/]*(?:\s+(?!xã|phường|xa\b|phuong\b))?){1,5})+",
    re.IGNORECASE,
)
_HOUSE = re.compile(
    r"\b(?:số nhà|so nha|nhà số|nha so)\s*[:.]?\s*\d{1,4}[A-Za-z]?(?:/\d{1,4}[A-Za-z]?)*",
    re.IGNORECASE,
)
#: how far before a house number its office may stand
_OFFICE_REACH = 100
_OFFICE = re.compile(
    r"(?:ubnd|ủy ban|uỷ ban|uy ban|trụ sở|tru so|trung tâm|trung tam|trường|truong|sở |chi nhánh|"
    r"bệnh viện|benh vien|công an|cong an|cơ quan|co quan|văn phòng|van phong|bưu điện|buu dien|"
    r"một cửa|mot cua|tòa án|toà án|bảo hiểm xã hội|ngân hàng|kho bạc|thuế|quầy)[^.;\n]{0,60}$",
    re.IGNORECASE,
)

#: words that give a bare number its meaning, looked for just before it
_MEANINGS = (
    (MaskKind.TAX_CODE, r"\bmst\b|mã số thuế|ma so thue"),
    (
        MaskKind.BANK_ACCOUNT,
        r"\bstk\b|tài khoản|tai khoan|\btk\b|số thẻ|so the|ngân hàng|bank|chuyển khoản|"
        r"chuyen khoan|\bck\b",
    ),
    (
        MaskKind.ID_NUMBER,
        r"\bcccd\b|\bcmnd\b|\bcmt\b|căn cước|can cuoc|chứng minh|chung minh|định danh|dinh danh|"
        r"hộ chiếu|ho chieu|passport|\bbhxh\b|\bbhyt\b|sổ bảo hiểm|so bao hiem|mã số bảo hiểm|"
        r"ma so bao hiem|thẻ bảo hiểm|the bao hiem|giấy phép lái xe|gplx|bằng lái|bang lai",
    ),
    (MaskKind.PHONE, r"\bsđt\b|\bsdt\b|điện thoại|dien thoai|\bđt\b|\bdt\b|zalo|liên hệ|gọi số"),
)
_MEANING = [(kind, re.compile(words, re.IGNORECASE)) for kind, words in _MEANINGS]
_MONEY_AFTER = re.compile(r"\s*(?:đồng|dong|đ\b|vnd|vnđ|triệu|nghìn|ngàn|tỷ|m2|m²)", re.IGNORECASE)
_PUBLIC_LINE = re.compile(r"^(?:1800|1900)")


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _meaning(before: str) -> MaskKind | None:
    """Return what the nearest telling word before a number says it is."""
    found = [(m.end(), kind) for kind, words in _MEANING for m in words.finditer(before)]
    return max(found)[1] if found else None


def urls(text: str) -> Iterator[Mask]:
    """Links, except those of gov.vn; links to a person's page are social accounts."""
    for match in _URL.finditer(text):
        if text[max(0, match.start() - 1) : match.start()] == "@":
            continue
        host = re.sub(r"^(?:https?://)?(?:www\.)?", "", match[0], flags=re.IGNORECASE)
        host = re.split(r"[/?#:]", host)[0].lower()
        if host == "gov.vn" or host.endswith(".gov.vn"):
            continue
        social = bool(_SOCIAL_HOST.search("." + host))
        kind = MaskKind.SOCIAL_ACCOUNT if social else MaskKind.URL
        yield Mask(match.start(), match.start() + len(match[0].rstrip(".,;")), kind, "link")


def emails(text: str) -> Iterator[Mask]:
    """E-mail addresses of people; an office's own address under gov.vn stays."""
    for match in _EMAIL.finditer(text):
        if not match[0].lower().endswith(".gov.vn"):
            yield Mask(match.start(), match.end(), MaskKind.EMAIL, "e-mail")


def social_accounts(text: str) -> Iterator[Mask]:
    """Names of accounts: "fb: ...", "@name"."""
    for match in _SOCIAL_NAMED.finditer(text):
        if not match[1][0].isdigit():
            yield Mask(match.start(1), match.end(1), MaskKind.SOCIAL_ACCOUNT, "named account")
    for match in _HANDLE.finditer(text):
        yield Mask(match.start(), match.end(), MaskKind.SOCIAL_ACCOUNT, "handle")


def birth_dates(text: str) -> Iterator[Mask]:
    """Whole dates that the words before call a birth."""
    for match in _BIRTH.finditer(text):
        yield Mask(match.start(1), match.end(1), MaskKind.BIRTH_DATE, "birth date")


def plates(text: str) -> Iterator[Mask]:
    """Number plates of cars and motorcycles."""
    for match in _PLATE.finditer(text):
        yield Mask(match.start(), match.end(), MaskKind.PLATE, "plate")


def identity_numbers(text: str) -> Iterator[Mask]:
    """Twelve-digit personal numbers, passports and health insurance cards by shape."""
    for match in _TWELVE.finditer(text):
        meaning = _meaning(text[max(0, match.start() - 30) : match.start()])
        kind = MaskKind.BANK_ACCOUNT if meaning is MaskKind.BANK_ACCOUNT else MaskKind.ID_NUMBER
        yield Mask(match.start(), match.end(), kind, "twelve digits")
    for match in _HEALTH_CARD.finditer(text):
        yield Mask(match.start(), match.end(), MaskKind.ID_NUMBER, "health card")
    for match in _PASSPORT.finditer(text):
        before = text[max(0, match.start() - 40) : match.start()].lower()
        if "hộ chiếu" in before or "ho chieu" in before or "passport" in before:
            yield Mask(match.start(), match.end(), MaskKind.ID_NUMBER, "passport")


def numbers_by_context(text: str) -> Iterator[Mask]:
    """Bare numbers that the words before them call an account, a tax code, an identity."""
    for match in _NUMBER.finditer(text):
        if _MONEY_AFTER.match(text, match.end()) or _PUBLIC_LINE.match(_digits(match[0])):
            continue
        meaning = _meaning(text[max(0, match.start() - 32) : match.start()])
        if meaning is not None:
            yield Mask(match.start(), match.end(), meaning, "number after a telling word")


def long_numbers(text: str) -> Iterator[Mask]:
    """Long runs of digits that nothing explains: better masked than aired."""
    for match in _LONG.finditer(text):
        if not _MONEY_AFTER.match(text, match.end()):
            yield Mask(match.start(), match.end(), MaskKind.BANK_ACCOUNT, "long number")


def phones(text: str) -> Iterator[Mask]:
    """Telephone numbers of nine to eleven digits; short public lines have none of these shapes."""
    for match in _PHONE.finditer(text):
        billions = match[0].startswith("84") and _MONEY_AFTER.match(text, match.end())
        if 9 <= len(_digits(match[0])) <= 13 and not billions:
            yield Mask(match.start(), match.end(), MaskKind.PHONE, "phone")


def land_plots(text: str) -> Iterator[Mask]:
    """Numbers of plot and map sheet, where the text speaks of land plots at all."""
    if not _LAND_WORD.search(text):
        return
    for match in _PLOT.finditer(text):
        yield Mask(match.start(1), match.end(1), MaskKind.LAND_PLOT, "plot")


def addresses(text: str) -> Iterator[Mask]:
    """A house number with its street or alley, unless an office is at home there."""
    for pattern in (_STREET, _HOUSE):
        for match in pattern.finditer(text):
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            if not _OFFICE.search(text[max(0, start - _OFFICE_REACH) : start]):
                end = match.start() + len(match[0].rstrip(" ,"))
                yield Mask(start, end, MaskKind.ADDRESS, "house number")


RULES: tuple[Rule, ...] = (
    emails,
    urls,
    social_accounts,
    birth_dates,
    plates,
    numbers_by_context,
    identity_numbers,
    phones,
    long_numbers,
    land_plots,
    addresses,
    full_names,
)
