"""Decision annexes as provinces publish them: titles, merged cells, two-row headings, groups."""

import pytest

from knowledge.entries import Entry, Facet
from knowledge.importers.answers import read_faq, read_hotlines
from knowledge.importers.faults import Fault
from knowledge.importers.procedures import read
from knowledge.importers.rows import Row, RowError, layouts, rows
from tests.knowledge.importers.offices import (
    BIRTH,
    DEATH,
    HEADING,
    TITLES,
    csv_text,
    excel,
    word,
)


def taken(data: bytes, name: str = "phu-luc.xlsx") -> list[Entry]:
    found = list(read(data, name))
    assert [row for row in found if isinstance(row, RowError)] == []
    return [row for row in found if isinstance(row, Entry)]


def test_title_rows_stand_above_the_heading_and_name_the_decision() -> None:
    (birth,) = taken(excel(([*TITLES, HEADING, BIRTH], ["A1:G1", "A2:G2"])))
    assert (birth.code, birth.title) == ("1.001193", "Đăng ký khai sinh")
    assert birth.source == "Quyết định số 1234/QĐ-UBND ngày 15/10/2025 của Chủ tịch"
    assert str(birth.checked_on) == "2025-10-15"
    assert birth.facts[Facet.FEE].text == "Miễn phí"
    assert birth.legal_basis == ("Luật Hộ tịch", "Nghị định 123/2015/NĐ-CP")
    assert birth.agencies == ("ct-xa",)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        pytest.param(csv_text([*TITLES, HEADING, BIRTH]).encode(), "a.csv", id="commas"),
        pytest.param(csv_text([*TITLES, HEADING, BIRTH], ";").encode(), "a.csv", id="semicolons"),
        pytest.param(csv_text([*TITLES, HEADING, BIRTH], "\t").encode(), "a.tsv", id="tabs"),
        pytest.param(word(TITLES[2][0], [HEADING, BIRTH]), "a.docx", id="Word"),
        pytest.param(excel(([*TITLES, HEADING, BIRTH], [])), "khong-duoi", id="Excel, no ending"),
    ],
)
def test_the_same_annex_reads_alike_in_every_format(data: bytes, name: str) -> None:
    assert taken(data, name) == taken(excel(([*TITLES, HEADING, BIRTH], [])))


def test_columns_may_come_in_any_order() -> None:
    order = [4, 2, 6, 1, 5, 3, 0]
    lines = [[line[n] for n in order] for line in (HEADING, BIRTH, DEATH)]
    assert taken(excel(([*TITLES, *lines], []))) == taken(
        excel(([*TITLES, HEADING, BIRTH, DEATH], []))
    )


def test_a_heading_of_two_rows_divides_columns() -> None:
    first = ["STT", "Tên thủ tục", "Mã số", "Thời hạn giải quyết", "", "Cách thức thực hiện", ""]
    second = ["", "", "", "Theo quy định", "Sau cắt giảm", "Trực tiếp", "Trực tuyến"]
    data = ["1", "Cấp thẻ", "1.004269", "10 ngày", "7 ngày", "x", "x"]
    merged = ["A4:A5", "B4:B5", "C4:C5", "D4:E4", "F4:G4"]
    for areas in (merged, []):
        (entry,) = taken(excel(([*TITLES, first, second, data], areas)))
        assert entry.facts[Facet.TIME].text == "Theo quy định: 10 ngày; Sau cắt giảm: 7 ngày"
        assert entry.facts[Facet.ONLINE].text == "Trực tiếp; Trực tuyến"


def test_groups_within_the_table_are_fields_and_levels() -> None:
    lines: list[list[str]] = [
        *(*TITLES, HEADING, ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"]),
        *(["B. THỦ TỤC HÀNH CHÍNH CẤP XÃ"], ["I", "", "LĨNH VỰC HỘ TỊCH"], BIRTH),
        *(["II. Lĩnh vực chứng thực"], DEATH),
    ]
    birth, death = taken(excel((lines, ["A6:G6"])))
    assert (birth.field, birth.level) == ("Hộ tịch", "commune")
    assert (death.field, death.level) == ("Chứng thực", "commune")


def test_a_numbered_row_without_a_code_is_named_and_does_not_vanish() -> None:
    nameless = ["3", "", "Cấp lại bản sao"]
    rest = [""] * (len(HEADING) - len(nameless))
    found = list(read(excel(([*TITLES, HEADING, BIRTH, [*nameless, *rest]], [])), "a.xlsx"))
    assert [type(row).__name__ for row in found] == ["Entry", "RowError"]


def test_a_merged_cell_speaks_for_every_row_it_covers() -> None:
    field = [*HEADING, "Lĩnh vực"]
    lines: list[list[object]] = [[*line] for line in (*TITLES, field)]
    lines += [[*BIRTH, "Hộ tịch"], [*DEATH, None]]
    assert [entry.field for entry in taken(excel((lines, ["H5:H6"])))] == ["Hộ tịch", "Hộ tịch"]


def test_every_sheet_is_read_and_one_without_a_table_passed_over() -> None:
    data = excel(([["Ghi chú chung"]], []), ([*TITLES, HEADING, BIRTH], []), ([HEADING, DEATH], []))
    birth, error = read(data, "a.xlsx")
    assert isinstance(birth, Entry)
    assert isinstance(error, RowError)  # its sheet names no decision
    assert (error.file, error.row, error.field) == ("a.xlsx [Sheet2]", 2, "source")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        pytest.param(1.00119, "1.001190", id="a lost zero"),
        pytest.param(2.0008, "2.000800", id="two lost zeros"),
        pytest.param(1001193, "1.001193", id="a point taken for a separator"),
    ],
)
def test_a_code_that_excel_took_for_a_number_is_restored_and_told(cell: float, code: str) -> None:
    data = excel(([*TITLES, HEADING, ["1", cell, *BIRTH[2:]]], []))
    (row,) = [row for row in rows(data, "a.xlsx") if isinstance(row, Row)]
    assert row.values["code"] == code
    assert [note.fault for note in row.notes] == [Fault.CODE_RESTORED]


@pytest.mark.parametrize(
    ("column", "cell", "fault"),
    [
        pytest.param(1, "1.00119", Fault.CODE_CUT, id="a cut code as text"),
        pytest.param(1, "BCT-12", Fault.CODE_OF, id="no code"),
        pytest.param(3, "15", Fault.NO_UNIT, id="a number of what"),
        pytest.param(3, "x" * 20_001, Fault.TOO_LONG, id="a huge cell"),
    ],
)
def test_a_bad_field_is_named_with_its_row(column: int, cell: str, fault: Fault) -> None:
    line = [*BIRTH]
    line[column] = cell
    (error,) = read(csv_text([*TITLES, HEADING, line]).encode(), "a.csv")
    assert isinstance(error, RowError)
    assert (error.row, error.fault) == (5, fault)


def test_a_unit_in_the_heading_goes_with_a_bare_number() -> None:
    heading = [*HEADING[:3], "Thời hạn (ngày làm việc)", HEADING[4], "Lệ phí (đồng)", HEADING[6]]
    (entry,) = taken(excel(([*TITLES, heading, [*BIRTH[:3], 5, BIRTH[4], 20000, ""]], [])))
    assert entry.facts[Facet.TIME].text == "5 ngày làm việc"
    assert entry.facts[Facet.FEE].text == "20.000 đồng"


def test_markup_in_cells_is_stripped() -> None:
    line = [*BIRTH[:3], "<p>Trong <b>ngày</b>&nbsp;làm việc</p><script>x()</script>", *BIRTH[4:]]
    (entry,) = taken(excel(([*TITLES, HEADING, line], [])))
    assert entry.facts[Facet.TIME].text == "Trong ngày làm việc"


def test_the_long_code_of_the_portal_is_the_same_procedure() -> None:
    line = ["1", "1.001193.000.00.00.H13", *BIRTH[2:]]
    assert [e.code for e in taken(excel(([*TITLES, HEADING, line], [])))] == ["1.001193"]


def test_questions_and_lines_may_have_vietnamese_headings() -> None:
    asked = csv_text([["TT", "Câu hỏi", "Trả lời", "Nguồn"], ["1", "Làm ở đâu?", "Ở xã", "CV 5"]])
    lines = csv_text([["Tên đơn vị", "Số điện thoại", "Nguồn"], ["Công an", "0292 3 456 789", "x"]])
    (faq,) = read_faq(asked.encode(), "a.csv")
    (line,) = read_hotlines(lines.encode(), "a.csv")
    assert isinstance(faq, Entry)
    assert isinstance(line, Entry)
    assert (faq.title, faq.summary) == ("Làm ở đâu?", "Ở xã")
    assert (line.code, line.title) == ("02923456789", "Công an")


def test_a_preview_shows_how_columns_were_understood() -> None:
    encoding, (layout,) = layouts(
        csv_text([*TITLES, [*HEADING, "Người lập"], BIRTH]).encode(), "a.csv"
    )
    assert encoding == "Unicode"
    assert [column.field for column in layout.columns] == [
        *("-", "code", "title", "time", "place", "fee", "legal_basis", "")
    ]
