"""Which field a column fills, by the words above it."""

import re
from collections.abc import Mapping

from knowledge.text import fold

#: of our own templates: lower-case English words
_OWN = re.compile(r"[a-z]+(?:_[a-z]+)*")
#: read and left out
SKIPPED = "-"
_ROMAN = r"(?:[ivxlc]+|[a-z]|\d+(?:\.\d+)*)[.)/]\s*"
#: the first that fits names the field; looked for in folded words
_VIETNAMESE: Mapping[str, str] = {
    r"(s(o )?)?tt|so thu tu|ghi chu.*|dau .*thay doi.*|stt .*": SKIPPED,
    r"ma( so| dinh danh)?( cua)?( (tthc|thu tuc|ho so)\b.*)?|so( hieu)? (tthc|ho so)( tthc)?"
    r"|so ho so.*|ma so.*": "code",
    r"(ten )?(thu tuc( hanh chinh)?|tthc)( .*)?|ten (tthc|thu tuc).*": "title",
    r"linh vuc.*": "field",
    r"(thoi (han|gian)).*(giai quyet|thuc hien|xu ly).*|thoi han|thoi gian": "time",
    r"(dia (diem|chi)|noi) .*(thuc hien|tiep nhan|nop|giai quyet).*|dia diem": "place",
    r"(muc )?(thu )?(phi|le phi)\b.*|muc (thu|phi).*": "fee",
    r"(can cu|co so) phap ly.*|van ban( quy pham phap luat)? quy dinh.*|can cu": "legal_basis",
    r"(co quan|don vi|cap) .*(thuc hien|giai quyet|tham quyen|chu tri|quyet dinh).*": "agency_text",
    r"(ten )?(co quan|don vi|to chuc)( .*)?": "name",
    r"thanh phan.*ho so.*|ho so (gom|can nop|phai nop).*|giay to.*|thanh phan": "documents",
    r"trinh tu.*|quy trinh.*|cac buoc.*": "steps",
    r"cach thuc.*|hinh thuc.*|.*truc tuyen.*|dvctt.*|muc do.*": "online",
    r"ket qua.*": "result",
    r"(yeu cau|dieu kien).*": "conditions",
    r"(ten )?(bieu mau|mau don|mau to khai|don, to khai).*": "form",
    r"doi tuong.*": "body",
    r"(duong (dan|link)|lien ket|link|dia chi (web|truy cap|trang)).*": "url",
    r"(so )?(quyet dinh|qd)( cong bo)?.*|nguon.*": "source",
    r"ngay (kiem tra|cap nhat|ra soat).*": "checked_on",
    r"(noi dung )?cau hoi.*|hoi": "question",
    r"(noi dung )?(cau )?tra loi.*|dap( an)?": "answer",
    r"(so )?(dien thoai|duong day nong|hotline).*": "phone",
    r"(cach hoi khac|ten thuong goi|ten goi khac|tu khoa).*": "aliases",
}
_COMPILED = tuple((re.compile(pattern), field) for pattern, field in _VIETNAMESE.items())
_LONGEST = 90


def field_of(heading: str) -> str:
    """Return the field a Vietnamese heading names, SKIPPED for one that is only read past, or "".

    >>> field_of("Phí, lệ phí (nếu có)")
    'fee'
    """
    if len(heading) > 2 * _LONGEST:
        return ""
    text = " ".join(re.sub(r"[^\w(),/ -]+", " ", fold(heading)).split())
    text = re.sub(rf"^{_ROMAN}", "", text) if re.match(r"^\d", text) else text
    if not text or len(text) > _LONGEST:
        return ""
    shorter = " ".join(re.sub(r"\([^()]*\)", " ", text).split())
    tried = ((pattern, field, form) for form in (text, shorter) for pattern, field in _COMPILED)
    return next((field for pattern, field, form in tried if pattern.fullmatch(form)), "")


def is_own(heading: str) -> bool:
    """Tell a heading of our own templates from words."""
    return _OWN.fullmatch(heading.lower()) is not None


def unit_of(heading: str) -> str:
    """Return the unit a heading puts in brackets: "Thời hạn (ngày làm việc)"."""
    found = re.search(r"\((?:đơn vị(?: tính)?:?\s*)?([^()]*)\)", heading.lower())
    unit = " ".join(found[1].split()) if found else ""
    return unit if unit in _UNITS else ""


_UNITS = frozenset({"ngày làm việc", "ngày", "giờ làm việc", "giờ", "tháng", "đồng", "vnđ"})
