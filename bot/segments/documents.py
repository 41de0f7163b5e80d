"""The list as documents: a script to read from, a sheet to sort, a plain text to send."""

import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from bot.segments.listing import Item, Listing
from bot.wording import Wording

_COLUMNS = {
    "order": 6,
    "question": 50,
    "answer": 60,
    "agency": 26,
    "askers": 10,
    "seconds": 10,
    "basis": 34,
    "signer": 28,
    "answered_on": 14,
    "mc": 50,
    "voice": 60,
}
_FONT = "Times New Roman"
_GREY = RGBColor(0x55, 0x55, 0x55)
#: what XML cannot hold
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def as_text(listing: Listing, wording: Wording) -> str:
    """Return the list as plain text, the way it is read aloud."""
    blocks = ["\n".join(_heading(listing, wording))]
    blocks += ["\n".join(_item_lines(item, wording)) for item in listing.items]
    if not listing.items:
        blocks.append(wording("segment.doc.empty"))
    return "\n\n".join(blocks) + "\n"


def as_xlsx(listing: Listing, wording: Wording) -> bytes:
    """Return the list as a sheet; every text is a text, whatever sign it begins with."""
    book = Workbook()
    sheet = book.create_sheet(listing.month, 0)
    del book["Sheet"]
    sheet.append([wording(f"segment.column.{name}") for name in _COLUMNS])
    for number, (item, row) in enumerate(((i, _cells(i)) for i in listing.items), start=2):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column, value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if isinstance(value, str):
                cell.data_type = "s"  # "=HYPERLINK(…)" from a citizen stays words
        sheet.cell(number, 9).number_format = "DD/MM/YYYY"
        sheet.row_dimensions[number].height = min(400, 16 * (2 + len(item.answer) // 55))
    for number, width in enumerate(_COLUMNS.values(), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def as_docx(listing: Listing, wording: Wording) -> bytes:
    """Return the script for two voices, each item on its own with the approved words below."""
    document = _blank(listing, wording)
    name, *facts = _heading(listing, wording)
    title = document.add_heading(name, level=0)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for line in facts:
        document.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.CENTER
    if not listing.items:
        document.add_paragraph(wording("segment.doc.empty"))
    for item in listing.items:
        _add_item(document, item, wording)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def day_in_words(day: date, wording: Wording) -> str:
    """Return a day with its weekday, e.g. "thứ Bảy, 28/11/2026"."""
    return wording(
        "segment.day", weekday=wording(f"segment.weekday.{day.weekday()}"), day=f"{day:%d/%m/%Y}"
    )


def duration(seconds: int, wording: Wording) -> str:
    """Return a speaking time in minutes and seconds."""
    minutes, rest = divmod(seconds, 60)
    parts = (("segment.minutes", minutes), ("segment.seconds", rest))
    told = [wording(name, count=count) for name, count in parts if count]
    return " ".join(told) or wording("segment.seconds", count=0)


def month_in_words(month: str, wording: Wording) -> str:
    """Return "tháng 11 năm 2026" for 2026-11."""
    year, number = month.split("-")
    return wording("segment.month.name", month=int(number), year=year)


def _heading(listing: Listing, wording: Wording) -> Iterator[str]:
    yield wording("segment.doc.name")
    yield wording("segment.heading", month=month_in_words(listing.month, wording))
    yield wording("segment.doc.air", day=day_in_words(listing.air_date, wording))
    if listing.theme:
        yield wording("segment.doc.theme", theme=_printable(listing.theme))
    total = duration(listing.seconds, wording)
    yield wording("segment.doc.total", count=len(listing.items), duration=total)
    if not listing.published:
        yield wording("segment.doc.unpublished")


def _item_lines(item: Item, wording: Wording) -> Iterator[str]:
    yield _item_title(item, wording)
    for line in item.spoken:
        yield f"[{_voice(line.voice, item, wording)}] {line.text}"
    yield from _facts(item, wording)


def _item_title(item: Item, wording: Wording) -> str:
    return wording(
        "segment.doc.item",
        order=item.order,
        agency=_printable(item.agency),
        duration=duration(item.seconds, wording),
    )


def _facts(item: Item, wording: Wording) -> Iterator[str]:
    if item.basis:
        yield wording("segment.doc.basis", basis=_printable(item.basis))
    answered_on = f"{item.answered_on:%d/%m/%Y}"
    yield wording("segment.doc.signer", signer=_printable(item.signer), day=answered_on)
    if item.askers > 1:
        yield wording("segment.doc.askers", count=item.askers)


def _voice(voice: str, item: Item, wording: Wording) -> str:
    return wording("segment.voice.mc") if voice == "mc" else _printable(item.agency)


def _cells(item: Item) -> tuple[str | int | date, ...]:
    spoken = {line.voice: line.text for line in item.spoken}
    return (
        item.order,
        _printable(item.question),
        _printable(item.answer),
        _printable(item.agency),
        item.askers,
        item.seconds,
        _printable(item.basis),
        _printable(item.signer),
        item.answered_on,
        _printable(spoken.get("mc", "")),
        _printable(spoken.get("agency", "")),
    )


def _blank(listing: Listing, wording: Wording) -> DocxDocument:
    """Return an A4 document in the type of official papers."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    for style, size in (("Normal", 14), ("Title", 18), ("Heading 1", 15)):
        font = document.styles[style].font
        font.name, font.size, font.color.rgb = _FONT, Pt(size), RGBColor(0, 0, 0)
        fonts = document.styles[style].element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(kind), _FONT)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
            fonts.attrib.pop(qn(theme), None)
    document.core_properties.title = f"{wording('segment.doc.name')} {listing.month}"
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.language = "vi-VN"
    return document


def _add_item(document: DocxDocument, item: Item, wording: Wording) -> None:
    document.add_heading(_item_title(item, wording), level=1)
    for line in item.spoken:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.line_spacing = 1.5
        paragraph.add_run(f"{_voice(line.voice, item, wording)}: ").bold = True
        paragraph.add_run(_printable(line.text))
    written = (
        wording("segment.doc.question", text=_printable(item.question)),
        wording("segment.doc.answer", text=_printable(item.answer)),
        *_facts(item, wording),
    )
    for number, text in enumerate(written):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.left_indent = Cm(0.8)
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.keep_with_next = number < len(written) - 1
        run = paragraph.add_run(text)
        run.font.size, run.font.color.rgb = Pt(11), _GREY


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("", text)
