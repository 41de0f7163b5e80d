"""The list as the broadcaster gets it."""

from datetime import date
from io import BytesIO

import docx
import openpyxl
import pytest

from bot.segments.documents import as_docx, as_text, as_xlsx
from bot.segments.listing import Item, Listing
from bot.segments.script import speaking_time, spoken_lines
from bot.wording import Wording

WORDING = Wording.load()


def item(order: int, question: str, answer: str) -> Item:
    spoken = spoken_lines(question, answer)
    return Item(
        id=order,
        order=order,
        question=question,
        answer=answer,
        agency="Sở Tư pháp",
        askers=2,
        seconds=speaking_time(spoken),
        basis="Nghị định số 123/2015/NĐ-CP",
        signer="Võ Văn Thử, Phó Giám đốc Sở",
        answered_on=date(2026, 11, 12),
        spoken=spoken,
    )


LISTING = Listing(
    month="2026-11",
    air_date=date(2026, 11, 28),
    theme="Hộ tịch",
    status="open",
    items=(
        item(1, "Làm khai sinh trễ 3 tháng có sao hông?", "Dạ được, trong 05 ngày làm việc."),
        item(2, '=HYPERLINK("http://x","y")\x00', "+1; gọi 1022."),
    ),
)


def words_of(document: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(BytesIO(document)).paragraphs)


def test_the_script_tells_two_voices_without_figures_and_the_written_text_below() -> None:
    words = words_of(as_docx(LISTING, WORDING))
    assert "Người dẫn: Làm khai sinh trễ ba tháng có sao hông?" in words
    assert "Sở Tư pháp: Dạ được, trong năm ngày làm việc." in words
    assert "Trả lời (bản viết): Dạ được, trong 05 ngày làm việc." in words
    assert "Nghị định số 123/2015/NĐ-CP" in words


@pytest.mark.parametrize(
    "fact",
    [
        "Chuyên mục tháng 11 năm 2026",
        "thứ Bảy, 28/11/2026",
        "Chủ đề: Hộ tịch",
        "CHƯA CÔNG BỐ",
        "Võ Văn Thử, Phó Giám đốc Sở, ngày 12/11/2026",
        "Số người cùng hỏi: 2",
    ],
)
def test_both_script_and_text_say_what_a_broadcaster_needs(fact: str) -> None:
    assert fact in as_text(LISTING, WORDING)
    assert fact in words_of(as_docx(LISTING, WORDING))


def test_the_sheet_takes_nothing_for_a_formula() -> None:
    sheet = openpyxl.load_workbook(BytesIO(as_xlsx(LISTING, WORDING))).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert '=HYPERLINK("http://x","y")' in {cell.value for cell in cells}


def test_an_empty_list_is_a_document_too() -> None:
    empty = Listing("2027-02", date(2027, 2, 27), "", "open")
    assert "chưa có mục nào" in as_text(empty, WORDING)
    assert "chưa có mục nào" in words_of(as_docx(empty, WORDING))
    assert as_xlsx(empty, WORDING).startswith(b"PK")
