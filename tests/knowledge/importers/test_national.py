"""What of the national export is told, and what is only kept."""

import gzip
import json

import pytest

from knowledge.entries import Entry, Facet
from knowledge.importers.procedures import read
from knowledge.importers.rows import RowError
from tests.requirements import shared


def record(**changes: object) -> dict[str, object]:
    return {
        "code": "1.001193",
        "title": "Thủ tục đăng ký khai sinh",
        "agency": "Ủy ban nhân dân cấp xã; Ủy ban nhân dân cấp xã",
        "issuing_agency": "Bộ Tư pháp",
        "level": "Cấp xã",
        "dossier": [],
        "methods": [],
        "legal_basis": [],
        "detail": "full",
        "source": "dichvucong.gov.vn (crawl, July 2026)",
        "url": "https://dichvucong.gov.vn/x",
        **changes,
    }


def method(
    way: str = "Trực tiếp", time: str = "", fee: str = "", remark: str = ""
) -> dict[str, str]:
    return {"Hình thức nộp": way, "Thời gian giải quyết": time, "Phí, lệ phí": fee, "Mô tả": remark}


def only(**changes: object) -> Entry:
    line = json.dumps(record(**changes)).encode()
    (entry,) = read(line, "one.jsonl")
    assert isinstance(entry, Entry), entry
    return entry


def fact(facet: Facet, **changes: object) -> tuple[str, bool] | None:
    found = only(**changes).facts.get(facet)
    return (found.text, found.sound) if found else None


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        pytest.param(["5 Ngày làm việc"], ("5 ngày làm việc", True), id="one limit"),
        pytest.param(["1 Giờ", "1 giờ"], ("1 giờ", True), id="the same whatever the way"),
        pytest.param(["N/A"], None, id="not stated"),
        pytest.param(["Ngay trong ngày"], ("ngay trong ngày", False), id="not a plain number"),
    ],
)
def test_a_time_limit_is_told_when_it_is_plain(limits: list[str], expected: object) -> None:
    methods = [method("Trực tiếp", limit) for limit in limits]
    assert fact(Facet.TIME, methods=methods) == expected


def test_time_limits_that_differ_name_the_way_of_applying() -> None:
    methods = [method("Trực tuyến", "3 ngày"), method("Trực tiếp", "5 ngày")]
    assert fact(Facet.TIME, methods=methods) == ("3 ngày (trực tuyến); 5 ngày (trực tiếp)", True)


def test_two_limits_for_one_way_of_applying_hide_a_case() -> None:
    methods = [method("Trực tiếp", "3 ngày"), method("Trực tiếp", "5 ngày")]
    found = fact(Facet.TIME, methods=methods)
    assert found is not None
    assert found[1] is False


@pytest.mark.parametrize(
    ("fees", "remark", "expected"),
    [
        pytest.param(["Miễn phí", "Miễn phí"], "", ("Miễn phí", True), id="free each way"),
        pytest.param(["20,000 VNĐ"], "", ("20.000 đồng", True), id="one amount"),
        pytest.param(["Phí : Đồng"], "", ("Phí : Đồng", False), id="the amount is lost"),
        pytest.param(["Phí : Không Đồng"], "", ("Miễn phí", True), id="none at all is free"),
        pytest.param(
            ["Miễn phí15 ngày"], "", ("Miễn phí15 ngày", False), id="the remark runs into it"
        ),
        pytest.param(["Phí : 0 Đồng"], "", ("Miễn phí", True), id="nought dong is free"),
        pytest.param(["Không có thông tin"], "", None, id="unknown is no fact"),
        pytest.param(
            ["Miễn phí(do HĐND cấp tỉnh quy định)"],
            "",
            ("Miễn phí(do HĐND cấp tỉnh quy định)", False),
            id="free, but the province decides",
        ),
        pytest.param(["Miễn phí"], "Lệ phí 8.000 đồng", ("Miễn phí", False), id="remark differs"),
    ],
)
def test_free_is_told_only_when_nothing_contradicts(
    fees: list[str], remark: str, expected: object
) -> None:
    methods = [method(fee=fee, remark=remark) for fee in fees]
    assert fact(Facet.FEE, methods=methods) == expected


def test_imported_steps_are_never_sound() -> None:
    assert fact(Facet.STEPS, steps="Bước 1: nộp hồ sơ.") == ("Bước 1: nộp hồ sơ.", False)


@pytest.mark.parametrize(
    ("names", "sound"),
    [
        pytest.param(["- Tờ khai theo mẫu;", "+ Giấy chứng sinh"], True, id="a short list"),
        pytest.param(["Trường hợp ủy quyền thì có văn bản"], False, id="cases need a reader"),
        pytest.param([f"Giấy tờ {n}" for n in range(9)], False, id="a long list"),
    ],
)
def test_only_a_short_plain_list_of_documents_is_told(names: list[str], sound: bool) -> None:
    found = fact(Facet.DOCUMENTS, dossier=[{"group": "", "name": name} for name in names])
    assert found is not None
    assert found[1] is sound


def test_legal_basis_keeps_numbers_that_look_like_numbers() -> None:
    laws = [{"name": "", "code": code} for code in ("60/2014/QH13", "24/2021/QĐ-TT.", "Luật")]
    assert only(legal_basis=laws).legal_basis == ("60/2014/QH13",)


@pytest.mark.parametrize(
    ("changes", "agencies", "level"),
    [
        pytest.param({}, ("ct-xa",), "commune", id="the commune"),
        pytest.param(
            {"agency": "Ủy ban nhân dân cấp tỉnh", "level": "Cấp tỉnh"},
            ("ct-so-tu-phap",),
            "province",
            id="the province: the department of the ministry's field",
        ),
        pytest.param(
            {"agency": "Bộ Tư pháp", "level": "Cấp bộ"}, (), "ministry", id="a ministry alone"
        ),
        pytest.param(
            {"agency": "Công an cấp Xã", "level": ""}, ("ct-cong-an",), "province", id="police"
        ),
        pytest.param(
            {"title": "Hỗ trợ mai táng (Cấp xã)", "agency": "", "level": ""},
            ("ct-xa",),
            "commune",
            id="the level stands in the title",
        ),
        pytest.param(
            {"agency": "Cục Thuế - Bộ tài chính; Thuế cơ sở", "level": "Cấp tỉnh"},
            ("ct-thue",),
            "province",
            id="the second of two names",
        ),
    ],
)
def test_the_agency_is_named_where_it_is_obvious(
    changes: dict[str, object], agencies: tuple[str, ...], level: str
) -> None:
    entry = only(**changes)
    assert (entry.agencies, entry.level) == (agencies, level)


def test_the_same_procedure_at_two_levels_is_one_group() -> None:
    groups = {only(title=f"Tặng Giấy khen ({level})").group for level in ("Cấp xã", "cấp tỉnh")}
    assert groups == {"tang giay khen"}


def test_the_date_of_a_crawl_is_never_fresher_than_its_month() -> None:
    assert str(only().checked_on) == "2026-07-01"


@pytest.mark.parametrize(
    ("line", "field"),
    [
        pytest.param(b'{"code": ', "", id="broken JSON"),
        pytest.param(b"[1, 2]", "", id="not an object"),
        pytest.param(b"\xff\xfe{", "", id="not UTF-8"),
        pytest.param(json.dumps(record(code="abc")).encode(), "code", id="a strange code"),
        pytest.param(json.dumps(record(title="")).encode(), "title", id="no title"),
        pytest.param(json.dumps(record(dossier="x")).encode(), "dossier", id="a text for a list"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_read(line: bytes, field: str) -> None:
    good = json.dumps(record()).encode()
    error, entry = read(line + b"\n" + good, "mixed.jsonl")
    assert isinstance(error, RowError)
    assert (error.file, error.row, error.field) == ("mixed.jsonl", 1, field)
    assert isinstance(entry, Entry)


def test_a_code_listed_twice_counts_once() -> None:
    line = json.dumps(record()).encode()
    first, second = read(line + b"\n" + line, "twice.jsonl")
    assert isinstance(first, Entry)
    assert isinstance(second, RowError)


def test_a_damaged_archive_keeps_what_could_be_read() -> None:
    whole = gzip.compress(
        b"\n".join(json.dumps(record(code=f"1.{n:06}")).encode() for n in range(999))
    )
    *entries, last = read(whole[:-9], "cut.jsonl.gz")
    assert isinstance(last, RowError)
    assert len(entries) > 900


def test_every_row_of_the_national_export_is_read() -> None:
    found = list(read(shared("data/procedures.jsonl.gz").read_bytes(), "procedures.jsonl.gz"))
    assert [row for row in found if isinstance(row, RowError)] == []
    assert len(found) == 4852
