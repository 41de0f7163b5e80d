"""Files as offices make them."""

import io
from collections.abc import Iterable, Sequence

import docx
import openpyxl

TITLES = (
    ["ỦY BAN NHÂN DÂN THÀNH PHỐ"],
    ["DANH MỤC THỦ TỤC HÀNH CHÍNH"],
    ["(Ban hành kèm theo Quyết định số 1234/QĐ-UBND ngày 15 tháng 10 năm 2025 của Chủ tịch)"],
)
HEADING = [
    "STT",
    "Mã số",
    "Tên thủ tục hành chính",
    "Thời hạn giải quyết",
    "Địa điểm thực hiện",
    "Phí, lệ phí",
    "Căn cứ pháp lý",
]
BIRTH = [
    "1",
    "1.001193",
    "Đăng ký khai sinh",
    "Trong ngày làm việc",
    "Ủy ban nhân dân cấp xã",
    "Miễn phí",
    "Luật Hộ tịch; Nghị định 123/2015/NĐ-CP",
]
DEATH = ["2", "1.000656", "Đăng ký khai tử", "Ngay trong ngày", "UBND cấp xã", "8.000 đồng", ""]


def excel(*sheets: tuple[Sequence[Sequence[object]], Iterable[str]]) -> bytes:
    """A workbook; each sheet is its lines and the areas that are merged."""
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.worksheets[0])
    for lines, merged in sheets:
        sheet = book.create_sheet()
        for line in lines:
            sheet.append(list(line))
        for area in merged:
            sheet.merge_cells(area)
    book.save(buffer)
    return buffer.getvalue()


def word(title: str, lines: Sequence[Sequence[str]]) -> bytes:
    """A Word file with a title and one table."""
    document, buffer = docx.Document(), io.BytesIO()
    document.add_paragraph(title)
    table = document.add_table(rows=len(lines), cols=len(lines[0]))
    for row, texts in zip(table.rows, lines, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.save(buffer)
    return buffer.getvalue()


def csv_text(lines: Iterable[Sequence[object]], delimiter: str = ",") -> str:
    """A table as text, every cell in quotes."""
    return "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
