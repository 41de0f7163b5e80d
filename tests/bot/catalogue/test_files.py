"""Files of every kind and format end up in their tables."""

import csv
import io

import openpyxl
import pytest
from sqlalchemy import Select, select

from bot.catalogue.files import File, FileImport
from bot.catalogue.kinds import COLUMNS, Kind, UnknownKind, guess, template
from bot.catalogue.repository import count_by_state, public_entry, search_entries
from bot.store import Store
from bot.tables.directory import agency, holiday, place, plan_item, succession
from knowledge.entries import Facet
from tests.bot.catalogue.samples import clock, import_text, json_lines

PROCEDURES = (
    "code,title,level,agencies,aliases,time,source,checked_on\n"
    '1.000001,Cấp phép thả diều,commune,ct-xa,"thả diều; chơi diều",3 ngày,Công văn 5,01/11/2026\n'
)
AGENCIES = (
    "code\tname\tkind\tvalid_to\tsuccessors\tsource\n"
    "st-so-a\tSở A\tdepartment\t2025-02-28\tst-so-b (giá cả); by commune: prose\tNghị quyết\n"
    "st-so-b\tSở B\tdepartment\t\t\tNghị quyết\n"
)
COMMUNES = "ward_code,name,district,province,former\n31687,Xã Tài Văn,,Thành phố Cần Thơ,\n"
HOLIDAYS = "day,working,name,source\n24/11/2026,,Ngày Văn hóa Việt Nam,Nghị quyết 80\n"
PLAN = "year,month,theme,lead,source\n2026,11,Đất đai,Sở Nông nghiệp,Kế hoạch 12\n"
FAQ = "question,answer,source\nQuên mang biên nhận thì sao?,Ông/bà đọc mã hồ sơ.,Sổ tay\n"
HOTLINES = "code,name,phone,summary,source\n1022,Tổng đài,1022,Hỏi đáp,Cổng thông tin\n"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param(PROCEDURES, Kind.PROCEDURES, id="procedures"),
        pytest.param(AGENCIES.replace("\t", ","), Kind.AGENCIES, id="agencies"),
        pytest.param(COMMUNES, Kind.COMMUNES, id="communes"),
        pytest.param(HOLIDAYS, Kind.HOLIDAYS, id="holidays"),
        pytest.param(PLAN, Kind.PLAN, id="plan"),
        pytest.param(FAQ, Kind.FAQ, id="faq"),
        pytest.param(HOTLINES, Kind.HOTLINES, id="hotlines"),
    ],
)
def test_the_kind_is_told_from_the_columns(text: str, kind: Kind) -> None:
    assert guess(text.encode(), "file.csv") is kind


def test_columns_that_say_nothing_ask_for_the_kind() -> None:
    with pytest.raises(UnknownKind, match="--kind"):
        guess(b"a,b\n1,2\n", "file.csv")


@pytest.mark.parametrize("kind", Kind)
def test_a_template_has_the_columns_of_its_kind(kind: Kind) -> None:
    heading = next(csv.reader(io.StringIO(template(kind).removeprefix("\ufeff"))))
    assert tuple(heading) == COLUMNS[kind]


async def rows(store: Store, query: Select[tuple[str, ...]]) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await store.read(lambda c: c.execute(query).all())]


async def test_an_office_lists_its_procedures_in_a_table(store: Store) -> None:
    await import_text(store, "a.csv", PROCEDURES, Kind.PROCEDURES)
    entry = await store.read(lambda c: public_entry(c, "1.000001"))
    assert entry is not None
    assert (entry.aliases, entry.agencies) == (("thả diều", "chơi diều"), ("ct-xa",))
    assert entry.facts[Facet.TIME].text == "3 ngày"
    assert str(entry.checked_on) == "2026-11-01"


async def test_a_question_without_a_code_is_known_by_its_words(store: Store) -> None:
    first = await import_text(store, "a.csv", FAQ, Kind.FAQ)
    again = await import_text(store, "b.csv", FAQ.replace("Quên", "QUÊN"), Kind.FAQ)
    assert (first.changed, again.rows) == (1, 1)
    found = await store.read(lambda c: search_entries(c, "bien nhan", kind="faq"))
    assert found.total == 1


@pytest.mark.parametrize(
    ("text", "kind", "query", "expected"),
    [
        pytest.param(
            AGENCIES,
            Kind.AGENCIES,
            select(agency.c.code, agency.c.name),
            ("st-so-a", "Sở A"),
            id="agencies",
        ),
        pytest.param(
            AGENCIES,
            Kind.AGENCIES,
            select(succession.c.successor, succession.c.part),
            ("st-so-b", "giá cả"),
            id="successors, prose left aside",
        ),
        pytest.param(
            COMMUNES,
            Kind.COMMUNES,
            select(place.c.name, place.c.agency),
            ("Xã Tài Văn", "ct-xa-31687"),
            id="communes",
        ),
        pytest.param(
            HOLIDAYS,
            Kind.HOLIDAYS,
            select(holiday.c.name, holiday.c.working),
            ("Ngày Văn hóa Việt Nam", False),
            id="holidays",
        ),
        pytest.param(
            PLAN,
            Kind.PLAN,
            select(plan_item.c.theme, plan_item.c.month),
            ("Đất đai", 11),
            id="plan",
        ),
    ],
)
async def test_a_directory_file_fills_its_table_once(
    store: Store,
    text: str,
    kind: Kind,
    query: Select[tuple[str, ...]],
    expected: tuple[object, ...],
) -> None:
    name = "file.tsv" if "\t" in text else "file.csv"
    first, again = [await import_text(store, name, text, kind) for _ in range(2)]
    assert expected in await rows(store, query)
    assert (first.changed > 0, again.changed) == (True, 0)


async def test_a_spreadsheet_is_read_like_any_table(store: Store) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in csv.reader(io.StringIO(PLAN)):
        sheet.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    file = File("plan.xlsx", buffer.getvalue(), Kind.PLAN)
    summary = await FileImport(store, clock, lambda _rows: None).run(file)
    assert (summary.rows, summary.errors) == (1, [])


async def test_every_bad_row_is_named_with_its_field(store: Store) -> None:
    text = json_lines(
        {"code": "1.000001", "title": "Tốt", "source": "Sổ tay"},
        {"code": "xyz", "title": "Mã sai"},
        {"code": "1.000003"},
        {"code": "1.000004", "title": "Ngày sai", "source": "Sổ tay", "checked_on": "hôm qua"},
        {"code": "1.000005", "title": "Cột lạ", "colour": "xanh"},
        {"code": "1.000006", "title": "Không nguồn"},
    )
    summary = await import_text(store, "a.jsonl", text, Kind.PROCEDURES)
    assert [(e.row, e.field) for e in summary.errors] == [
        (2, "code"),
        (3, "title"),
        (4, "checked_on"),
        (5, "colour"),
        (6, "source"),
    ]
    assert summary.rows == 1


async def test_an_answer_with_a_fault_waits_for_an_officer(store: Store) -> None:
    text = "code,question,answer,source\nq1,Cần mang gì?,Mang theo sổ hộ khẩu.,Sổ tay\n"
    await import_text(store, "a.csv", text, Kind.FAQ)
    assert await store.read(lambda c: public_entry(c, "q1")) is None
    assert await store.read(count_by_state) == {("faq", "draft"): 1}
