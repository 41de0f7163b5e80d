"""A citizen's short words read as what they choose, affirm or deny."""

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from knowledge.text import clean, fold

_NOT_WORDS = re.compile(r"[^0-9a-z\u1780-\u17ff]+")
#: texts of the thoughts under way: each is read a dozen times over
_READ_AGAIN = 64
_POLITE_BEFORE = frozenset("da a ah vang thua ad admin oi bac chu anh chi".split())
_POLITE_AFTER = _POLITE_BEFORE | frozenset(
    "nha nhe nhen nghen hen ha vay ma thoi ban em co giup di".split()
)
_NUMBERS = {
    "1": 1, "mot": 1, "nhat": 1, "dau": 1, "dau tien": 1,
    "2": 2, "hai": 2, "nhi": 2,
    "3": 3, "ba": 3,
    "4": 4, "bon": 4, "tu": 4,
    "5": 5, "nam": 5,
}  # fmt: skip
_NUMBER = re.compile(
    r"(?:(?:chon|lay|bam|nhan|so|cau|muc|cai|dong|thu|y|viec|o)\s)*"
    r"(dau tien|\d{1,2}|[a-z]+)(?:\s(?:do|di|kia|nay))?"
)
_LAST = re.compile(r"(?:(?:chon|lay|cai|so|muc|cau|dong)\s)*(?:cuoi|cuoi cung|chot|sau cung|rot)")
_YES = re.compile(
    r"(?:(?:u|uh|uhm|um|ua|uk|da|vang|phai|co|ok|oke|okie|okay|yes|chuan|chinh xac|dong y|y vay|"
    r"dung|dung y|duoc|dung vay|ro|hieu|xong|gui|gui di|van gui|cu gui)(?:\s|$))+"
    r"(?:roi|luon|do|chinh no|toi)?"
)
_NO_WORD = "khong|khg|khong he|ko|k|kg|kh|hong|hok|hem|hung|chua|sai|no|deo"
_NO = re.compile(
    rf"(?:{_NO_WORD})(?:\s(?:phai|dung|co|duoc|giup|chon|dong y|muon|hai long|ro|hieu|y|toi|em|"
    r"vay|roi|dau|het|ca|cai nao|viec nao|cai nao het|muc nao|nao))*"
    r"|(?:cai|viec) nao cung (?:khong|hong|ko)(?: phai| dung)?(?: het)?"
    r"|(?:deu|toan) (?:khong|sai)(?: phai| dung)?|khac"
)
_CLOSE_ENOUGH = 90
_POINTING = frozenset("cai vu viec chuyen ve con truoc di do kia ay thi la giay chon lay".split())
_LONGEST_POINTING = 5
#: "đâu" is no "đầu", "bà" no "ba"
_WHERE_OR_WHO = re.compile(r"đâu|bà")


@lru_cache(_READ_AGAIN)
def plain(text: str) -> str:
    """Return folded words with single spaces: "Dạ, số 2 ạ!" becomes "da so 2 a"."""
    return _NOT_WORDS.sub(" ", fold(clean(text))).strip()


@lru_cache(_READ_AGAIN)
def bare(text: str) -> str:
    """Return `plain` without polite words around it, unless nothing else is left."""
    words = plain(text).split()
    kept = list(words)
    while kept and kept[0] in _POLITE_BEFORE:
        kept.pop(0)
    while kept and kept[-1] in _POLITE_AFTER:
        kept.pop()
    return " ".join(kept or words)


def is_yes(text: str) -> bool:
    """Whether the whole text affirms: "ừ", "dạ đúng", "đúng rồi"."""
    return bool(_YES.fullmatch(bare(text))) and not is_no(text)


def is_no(text: str) -> bool:
    """Whether the whole text denies: "hông phải", "ko", "không có cái nào"."""
    return bool(_NO.fullmatch(bare(text)))


def number_in(text: str) -> int | None:
    """Return the number that the whole text stands for: "2", "số 2", "cái thứ hai"; -1 for last."""
    words = bare(text)
    if _LAST.fullmatch(words):
        return -1
    found = _NUMBER.fullmatch(words)
    if found is None or _WHERE_OR_WHO.search(text.lower()) or words == "o dau":
        return None
    if found[1].isdigit():
        return int(found[1])
    return _NUMBERS.get(found[1])


def label_in(text: str, labels: Sequence[str]) -> int | None:
    """Return which label the whole text repeats, tone marks or not; None where two are as near."""
    said = plain(re.sub(r"^\s*\d\s*[.)]\s*", "", text))
    near = [fuzz.ratio(said, plain(label)) for label in labels]
    best = max(near, default=0)
    return near.index(best) if best >= _CLOSE_ENOUGH and near.count(best) == 1 else None


def begun_label(text: str, labels: Sequence[str]) -> int | None:
    """Return the one label that two words or more begin or end: "vẫn gửi", "gửi qua kênh"."""
    said = bare(text)
    known = [plain(label) for label in labels]
    begun = [n for n, label in enumerate(known) if _begins_or_ends(said, label)]
    return begun[0] if len(begun) == 1 and len(said.split()) > 1 else None


def pointed_label(text: str, labels: Sequence[str]) -> int | None:
    """Return the one label that a text points at by a word of it: "cái xe trước đi"."""
    words = set(bare(text).split())
    said = words - _POINTING
    if not said or said == words or len(words) > _LONGEST_POINTING:
        return None
    hits = [n for n, label in enumerate(labels) if said <= set(plain(label).split())]
    return hits[0] if len(hits) == 1 else None


def _begins_or_ends(said: str, label: str) -> bool:
    return label.startswith(f"{said} ") or label.endswith(f" {said}")
