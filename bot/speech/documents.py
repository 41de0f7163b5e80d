"""Numbers of documents and codes of procedures.

"31/2021/QĐ-TTg" is read "Quyết định số ba mươi mốt năm hai nghìn không trăm hai mươi mốt của Thủ
tướng Chính phủ".
"""

import re

from bot.speech.numerals import cardinal, digit_by_digit, roman
from bot.speech.rules import Match, Rule, one_of, rule, table

#: an issuer is not named twice where the sentence names it right after
_LOOK_AHEAD = 90
_KINDS = table("document_kinds")
_ISSUERS = table("issuers")
_NAMES = [*_KINDS.values(), "Văn bản", "Bộ luật", "Hiến pháp"]


def _document(match: Match) -> str:
    kind, issuers = _parts(match["mark"])
    written = (match["name"] or "").strip()
    name = _KINDS.get(written, written) or kind
    year = f" năm {cardinal(match['year'])}" if match["year"] else ""
    read = f"{name} số {cardinal(match['number'])}{year}".lstrip()
    issued_by = " và ".join(issuers)
    if not issued_by or _named_after(match, issued_by):
        return read
    return f"{read} của {issued_by}"


def _parts(mark: str) -> tuple[str, list[str]]:
    """Return what kind of document a mark such as QĐ-TTg names, and who issued it."""
    pieces = re.split(r"\s?[-/]\s?", mark)
    kind = _KINDS.get(pieces[0], "")
    issuers = [_issuer(piece) for piece in (pieces[1:] if kind else pieces)]
    return kind, [issuer for issuer in issuers if issuer]


def _issuer(piece: str) -> str:
    congress = re.fullmatch(r"(QH|UBTVQH|HĐND|NQHĐND)(\d{1,2})", piece)
    if congress:
        return f"{_ISSUERS.get(congress[1], congress[1])} khóa {cardinal(congress[2])}"
    return _ISSUERS.get(piece, "")


def _named_after(match: Match, issuer: str) -> bool:
    following = re.split(r"[.;\n]", match.string[match.end() : match.end() + _LOOK_AHEAD])[0]
    written = [short for short, full in _ISSUERS.items() if full == issuer]
    heads = ("", "Bộ trưởng ", "Chủ tịch ", "Giám đốc ")
    return any(f"của {head}{name}" in following for head in heads for name in (issuer, *written))


def _procedure(match: Match) -> str:
    return " chấm ".join(_piece(piece) for piece in match[0].split("."))


def _piece(piece: str) -> str:
    letters = piece.rstrip("0123456789")
    return f"{letters} {digit_by_digit(piece)}".strip()


def _roman(match: Match) -> str | None:
    value = roman(match["numeral"])
    return f"{match['lead']} {cardinal(str(value))}" if value else None


DOCUMENTS: tuple[Rule, ...] = (
    rule(
        rf"""(?P<name>\b(?:{one_of([*_KINDS])}|(?i:{one_of(_NAMES)}))\ )?(?:\b[Ss]ố:?\s*)?
        (?<![\d/.,])(?P<number>\d{{1,5}})/(?:(?P<year>(?:19|20)\d\d)/)?
        (?P<mark>(?:{one_of([*_KINDS, *_ISSUERS])})\d{{0,2}}
        (?:\s?-\s?(?:{one_of(_ISSUERS)})\d{{0,2}}\b|-[^\W_]+)*)\b""",
        _document,
    ),
    # documents of the Party: 57-NQ/TW
    rule(
        rf"""(?P<name>\b(?i:{one_of(_NAMES)})\ )?(?:\b[Ss]ố:?\s*)?(?P<year>(?!))?
        (?<![\d/.,])(?P<number>\d{{1,5}})-(?P<mark>(?:{one_of(_KINDS)})/(?:{one_of(_ISSUERS)}))\b""",
        _document,
    ),
    rule(r"\b\d\.\d{6}(?:\.\d{2,3})*(?:\.H\d{2})?\b(?!\.\d)", _procedure),
    rule(
        r"""\b(?P<lead>[Kk]hoản|[Đđ]iều|[Cc]hương|[Mm]ục|[Pp]hần|[Pp]hụ\ lục|[Kk]hóa|[Kk]hoá
        |[Ll]ần\ thứ|[Tt]hế\ kỷ|[Bb]ậc|[Hh]ạng|[Nn]hóm|[Vv]ùng|[Đđ]ại\ hội|[Mm]ẫu)\s
        (?P<numeral>[IVXLC]+)\b(?![.-]?\w)""",
        _roman,
    ),
)
