"""A record of the national database of procedures, told in short where that is safe.

What is long, doubtful or differs from case to case is kept for officers and the index, as a fact
that is not sound; nothing is shortened to fit.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from knowledge.entries import Entry, EntryKind, Facet, Fact
from knowledge.importers.agencies import codes_of
from knowledge.importers.faults import BadField, Fault
from knowledge.importers.rows import Record
from knowledge.text import fold

SOURCE = "Cơ sở dữ liệu quốc gia về thủ tục hành chính"
CODE = re.compile(r"\d\.\d{6}(\.[\w.]+)?")
_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_NOTHING = {"", "khong co thong tin", "n/a", "khong quy dinh", "khong xac dinh"}
_PLAIN_TIME = re.compile(r"(\d{1,3})\s*(ngày làm việc|ngày|giờ làm việc|giờ|tháng)", re.IGNORECASE)
_FREE = re.compile(r"mien phi|(le )?phi ?: ?(0|khong) dong")
_AMOUNT = re.compile(r"(?:(?:le )?phi ?: ?)?(\d{1,3}(?:[.,]\d{3})+) (?:vnd|dong)")
_LEVEL_IN_TITLE = re.compile(
    r"\s*\((?:thực hiện )?(?:tại |ở )?(?:thẩm quyền (?:của )?(?:UBND|Ủy ban nhân dân) )?"
    r"(cấp (?:xã|huyện|tỉnh|bộ|trung ương|tw))\)",
    re.IGNORECASE,
)
_RESULT_CODE = re.compile(r"\s*\(Mã:[^)]*\)")
_DOCUMENT = re.compile(r"\d+(?:\.\d+)?(?:/\d{4})?/[A-ZĐ]{2,}[\w-]*")
_BULLET = re.compile(r"^[\s*+\-–•;./]+")
_MAX_BODY = 1500


def recognises(record: Record) -> bool:
    """Tell a record of the national export by fields that only it has."""
    return "detail" in record and "dossier" in record


def entry(record: Record) -> Entry:
    """Return the entry of one record; raise BadField naming what cannot be taken."""
    code, title = _text(record, "code"), _text(record, "title")
    if not CODE.fullmatch(code):
        raise BadField("code", Fault.CODE, value=code)
    if not title:
        raise BadField("title", Fault.NO_TITLE, code=code)
    agency_text = "; ".join(_distinct(re.split(r"[;\n]", _text(record, "agency"))))
    checked_on = _month(_text(record, "source"))
    level = _level(_text(record, "level"), title)
    agencies = codes_of(agency_text, _text(record, "issuing_agency"), level)
    return Entry(
        id=f"{EntryKind.PROCEDURE}:{code}",
        kind=EntryKind.PROCEDURE,
        code=code,
        title=title,
        facts=_facts(record, agency_text, checked_on),
        agencies=agencies,
        agency_text=agency_text,
        field=_text(record, "field"),
        level=level or _level_of(agencies),
        group=fold(_LEVEL_IN_TITLE.sub("", title)).strip(" ."),
        legal_basis=tuple(_legal_codes(record)),
        online_url=_text(record, "url") if _accepts_online(record) else "",
        source=SOURCE,
        source_url=_text(record, "url"),
        checked_on=checked_on,
        body=_body(record),
    )


def _facts(record: Record, agency_text: str, checked_on: date | None) -> Mapping[Facet, Fact]:
    told = {
        Facet.DOCUMENTS: _documents(record),
        Facet.FEE: _fee(record),
        Facet.TIME: _time(record),
        Facet.PLACE: (agency_text, True),
        Facet.STEPS: (_text(record, "steps"), False),
        Facet.CONDITIONS: _conditions(record),
        Facet.RESULT: _result(record),
        Facet.ONLINE: (_channels(record), True),
        Facet.LEGAL_BASIS: (", ".join(_legal_codes(record)), True),
    }
    return {
        facet: Fact(text, sound, SOURCE, checked_on)
        for facet, (text, sound) in told.items()
        if text
    }


def _documents(record: Record) -> tuple[str, bool]:
    """A short list is told; a long one, or one with cases, needs somebody who reads it."""
    pieces = _list(record, "dossier")
    names = _distinct(_BULLET.sub("", str(piece.get("name", ""))) for piece in pieces)
    groups = {str(piece.get("group", "")).strip() for piece in pieces}
    short = len(names) <= 6 and all(len(name) <= 200 for name in names)
    cases = any(fold(name).startswith(("truong hop", "doi voi", "neu ")) for name in names)
    return "\n".join(f"- {name}" for name in names), short and not cases and len(groups) <= 1


def _fee(record: Record) -> tuple[str, bool]:
    """Free only where every way of applying says so and no remark speaks of money."""
    methods = _list(record, "methods")
    amounts = _distinct(
        fee for m in methods if fold(fee := _field(m, "Phí, lệ phí")) not in _NOTHING
    )
    remarks = " ".join(_field(m, "Mô tả") for m in methods)
    if not amounts:
        return _text(record, "fee"), False
    money_elsewhere = re.search(r"đồng|phí|%", re.sub(r"\d?Miễn phí", "", remarks))
    plain = _plain_fee(amounts[0]) if len(amounts) == 1 else None
    return plain or "; ".join(amounts), plain is not None and not money_elsewhere


def _plain_fee(amount: str) -> str | None:
    """Return a fee that is nothing or one amount, as we write it: "20,000 VNĐ" is "20.000 đồng"."""
    if _FREE.fullmatch(fold(amount)):
        return "Miễn phí"
    found = _AMOUNT.fullmatch(fold(amount))
    return f"{found.group(1).replace(',', '.')} đồng" if found else None


def _time(record: Record) -> tuple[str, bool]:
    """One way of applying with two limits hides a case that the record does not name."""
    by_way: dict[str, list[str]] = {}
    for method in _list(record, "methods"):
        limit = _field(method, "Thời gian giải quyết")
        if fold(limit) not in _NOTHING:
            by_way.setdefault(limit.lower(), []).append(_field(method, "Hình thức nộp").lower())
    ways = [way for listed in by_way.values() for way in set(listed)]
    plain = all(map(_PLAIN_TIME.fullmatch, by_way)) and len(ways) == len(set(ways))
    if len(by_way) == 1:
        return next(iter(by_way)), plain
    return "; ".join(f"{limit} ({', '.join(named)})" for limit, named in by_way.items()), plain


def _conditions(record: Record) -> tuple[str, bool]:
    text = _text(record, "conditions")
    folded = fold(text).strip(" .")
    if folded in _NOTHING:
        return "", False
    if folded in {"khong", "khong co", "khong co yeu cau dieu kien"}:
        return "Không có yêu cầu, điều kiện riêng", True
    return text, len(text) <= 300


def _result(record: Record) -> tuple[str, bool]:
    lines = _RESULT_CODE.sub("", _text(record, "result")).splitlines()
    text = "; ".join(_distinct(_BULLET.sub("", line) for line in lines))
    return text, len(text) <= 300


def _channels(record: Record) -> str:
    ways = _distinct(_field(method, "Hình thức nộp").lower() for method in _list(record, "methods"))
    if not ways:
        return ""
    told = f"Cách nộp: {', '.join(ways)}"
    return told if "trực tuyến" in ways else f"{told}; chưa ghi nộp trực tuyến"


def _accepts_online(record: Record) -> bool:
    return any(
        _field(method, "Hình thức nộp") == "Trực tuyến" for method in _list(record, "methods")
    )


def _legal_codes(record: Record) -> list[str]:
    """Only numbers that look like numbers of documents; typing slips of the export are many."""
    codes = (str(law.get("code", "")).strip() for law in _list(record, "legal_basis"))
    return _distinct(code for code in codes if _DOCUMENT.fullmatch(code))


def _level(levels: str, title: str) -> str:
    named = _LEVEL_IN_TITLE.search(title)
    folded = fold(named.group(1) if named else levels)
    for sign, level in (("xa", "commune"), ("tinh", "province"), ("bo", "ministry")):
        if sign in folded.replace(",", " ").replace("/", " ").split():
            return level
    return "ministry" if "trung uong" in folded or folded.endswith("tw") else ""


def _level_of(agencies: tuple[str, ...]) -> str:
    if not agencies:
        return ""
    return "commune" if "ct-xa" in agencies else "province"


def _month(source: str) -> date | None:
    """Return the first day of the month a crawl names: never fresher than it was."""
    found = re.search(rf"({'|'.join(_MONTHS)}) (\d{{4}})", source)
    return date(int(found.group(2)), _MONTHS.index(found.group(1)) + 1, 1) if found else None


def _body(record: Record) -> str:
    pieces = (str(piece.get("name", "")) for piece in _list(record, "dossier"))
    parts = (_text(record, "target"), _result(record)[0], *pieces)
    return " ".join(" ".join(parts).split())[:_MAX_BODY]


def _text(record: Record, name: str) -> str:
    value = record.get(name) or ""
    if not isinstance(value, str):
        raise BadField(name, Fault.NOT_TEXT, kind=type(value).__name__)
    return value.strip()


def _list(record: Record, name: str) -> list[Mapping[str, Any]]:
    value = record.get(name) or []
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise BadField(name, Fault.NOT_LIST)
    return value


def _field(method: Mapping[str, Any], name: str) -> str:
    return str(method.get(name) or "").strip()


def _distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(tidy for value in values if (tidy := " ".join(value.split()))))
