"""What sets titles apart beyond their words: actions, foreign parties, levels."""

import re
from collections.abc import Iterable, Sequence

import numpy as np

from knowledge.entries import Entry
from knowledge.index import Floats
from knowledge.text import bare, split

ACTIONS = (
    ("renew", r"gia han"),
    ("again", r"cap lai|dang ki lai|lam lai"),
    ("swap", r"cap doi|doi the|doi giay|doi bang|doi so|\bdoi\b"),
    ("change", r"thay doi|dieu chinh|sua doi|bo sung|cap nhat"),
    ("correct", r"dinh chinh|cai chinh|hieu dinh|sai sot|ghi sai"),
    ("end", r"cham dut|giai the|xoa dang ki|xoa|huy|dong cua|thu hoi"),
    ("pause", r"tam ngung|tam dung|dinh chi"),
    ("resume", r"khoi phuc|tiep tuc|hoat dong tro lai|tro lai"),
    ("lock", r"(?<!mo )khoa"),
    ("unlock", r"mo khoa"),
    ("merge", r"sap nhap|chia|tach"),
    ("copy", r"ban sao|trich luc|sao y"),
    ("dispute", r"tranh chap"),
    ("exempt", r"mien|giam thue|giam hoc"),
    ("transfer", r"chuyen nhuong|chuyen quyen|sang ten|tang cho|thua ke"),
)
TRAITS = (
    (
        "foreign",
        r"nuoc ngoai|ngoai kieu|lanh su|dai dien viet nam|ngoai giao|viet kieu|dai loan|han quoc"
        r"|nhat ban|trung quoc|hoa ki|campuchia"
        r"|nguoi (?:han|mi|nhat|trung|duc|phap|thai|lao|uc|tay)",
    ),
    ("mobile", r"luu dong|tai nha"),
    ("border", r"bien gioi"),
    ("online", r"truc tuyen toan trinh"),
    ("organisation", r"to chuc|doanh nghiep|phap nhan|co so"),
    ("linked", r"lien thong|ket hop|dong thoi"),
    ("military", r"quoc phong|quan doi|quan su|quan nhan|si quan|cong an nhan dan"),
    ("temporary", r"tam thoi|co thoi han"),
    ("transport", r"tau|hang khong|duong sat|may bay|hang hai"),
)
_ACTION = tuple(re.compile(rf"\b(?:{pattern})\b") for _, pattern in ACTIONS)
_TRAIT = tuple(re.compile(rf"\b(?:{pattern})\b") for _, pattern in TRAITS)
_MILITARY = re.compile(r"\b(?:bqp|bo quoc phong|quan doi|quan khu|quan chung|cong an nhan dan)\b")


def plain(text: str) -> str:
    """Return a text as folded canonical words."""
    return " ".join(bare(word) for word in split(text))


def marks_of(folded: str) -> tuple[int, int]:
    """Return the actions and the traits a folded text names, as bit sets."""
    return _bits(_ACTION, folded), _bits(_TRAIT, folded)


def _bits(patterns: Sequence[re.Pattern[str]], folded: str) -> int:
    return sum(1 << at for at, pattern in enumerate(patterns) if pattern.search(folded))


def levels(entries: Iterable[Entry]) -> Floats:
    """Return for each entry: ministry only, province, commune, military."""
    rows = []
    for entry in entries:
        level = plain(entry.level)
        text = plain(f"{entry.title} {entry.field} {entry.agency_text}")
        commune = level == "commune" or "xa" in level.split() or "cap xa" in text
        province = level == "province" or "tinh" in level.split() or "cap tinh" in text
        ministry = not commune and not province and (level == "ministry" or "bo" in level.split())
        rows.append((ministry, province, commune, bool(_MILITARY.search(text))))
    return np.array(rows, np.float32).reshape(-1, 4)


def clashes(asked: tuple[int, int], party: int, actions: np.ndarray, traits: np.ndarray) -> Floats:
    """Return for each unit how many actions and traits are missing, extra, and actions met.

    `asked` are the actions named outright, and these with those that phrases stand for.
    """
    said, meant = asked
    columns = [
        np.bitwise_count(said & ~actions),
        np.bitwise_count(actions & ~meant),
        np.bitwise_count(party & ~traits),
        np.bitwise_count(traits & ~party),
        np.bitwise_count(meant & actions),
    ]
    return np.stack(columns, 1).astype(np.float32)
