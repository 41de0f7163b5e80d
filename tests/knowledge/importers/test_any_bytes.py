"""No bytes make a reader do anything but read them or say what is wrong."""

import gzip
import io
import json
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.catalogue.kinds import UnknownKind, Unreadable, guess
from knowledge.entries import Entry
from knowledge.importers.answers import read_faq
from knowledge.importers.faults import Fault
from knowledge.importers.procedures import read
from knowledge.importers.rows import Row, RowError, rows
from tests.knowledge.importers.offices import BIRTH, HEADING, TITLES, csv_text, excel, word

NAMES = st.sampled_from(
    ["a.csv", "a.tsv", "a.txt", "a.xlsx", "a.json", "a.jsonl", "a.yaml", "a.gz", "a", "a.docx"]
)
HONEST = (
    csv_text([*TITLES, HEADING, BIRTH]).encode(),
    excel(([*TITLES, HEADING, BIRTH], ["A1:G1"])),
    word(TITLES[2][0], [HEADING, BIRTH]),
    json.dumps({"code": "1.001193", "title": "x", "dossier": [], "detail": "full"}).encode(),
    b"source: x\nitems:\n- {code: '1.001193', title: y}\n",
    gzip.compress(b'{"code": 1}'),
)
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def only_rows_and_errors(data: bytes, name: str) -> None:
    assert all(isinstance(row, Row | RowError) for row in rows(data, name))
    assert all(isinstance(row, Entry | RowError) for row in read(data, name))
    assert all(isinstance(row, Entry | RowError) for row in read_faq(data, name))
    try:
        guess(data, name)
    except (UnknownKind, Unreadable):
        return


@MANY
@given(st.binary(max_size=400), NAMES)
def test_any_bytes_under_any_name(data: bytes, name: str) -> None:
    only_rows_and_errors(data, name)


@MANY
@given(st.text(max_size=300), NAMES)
def test_any_text_under_any_name(text: str, name: str) -> None:
    only_rows_and_errors(text.encode("utf-8", "replace"), name)


@MANY
@given(st.sampled_from(HONEST), NAMES, st.integers(0, 10_000), st.binary(max_size=8))
def test_an_honest_file_with_a_few_bytes_changed(
    data: bytes, name: str, at: int, bytes_: bytes
) -> None:
    at %= len(data)
    only_rows_and_errors(data[:at] + bytes_ + data[at + len(bytes_) :], name)


@MANY
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
        max_leaves=12,
    )
)
def test_any_json(value: object) -> None:
    only_rows_and_errors(
        json.dumps([value, {"code": "1.001193", "title": value}]).encode(), "a.json"
    )


@MANY
@given(st.lists(st.lists(st.sampled_from([*HEADING, *BIRTH, "", "x", "I.", "1.5"]), max_size=9)))
def test_any_table_of_likely_cells(lines: list[list[str]]) -> None:
    only_rows_and_errors(csv_text(lines).encode(), "a.csv")


def bomb(names: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "fault"),
    [
        pytest.param(b"%PDF-1.7 ...", "a.pdf", Fault.PDF, id="PDF"),
        pytest.param(b"%PDF-1.7 ...", "a.csv", Fault.PDF, id="PDF under another name"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1", "a.doc", Fault.OLD_OFFICE, id="old Word"),
        pytest.param(b"{\\rtf1 x}", "a.rtf", Fault.OLD_OFFICE, id="RTF"),
        pytest.param(b"\x89PNG\r\n", "a.png", Fault.PICTURE, id="picture"),
        pytest.param(b"Rar!\x1a", "a.rar", Fault.ARCHIVE, id="archive"),
        pytest.param(bomb({"a.csv": b"code"}), "a.zip", Fault.ARCHIVE, id="zip of files"),
        pytest.param(b"", "a.csv", Fault.EMPTY, id="empty"),
        pytest.param("xin chào,quý vị\n1,2\n".encode(), "a.csv", Fault.NO_HEADING, id="no heading"),
        pytest.param(b"a: &x [1]\nb: [*x, *x]\n", "a.yaml", Fault.YAML_ALIAS, id="YAML references"),
        pytest.param(b"[" * 5000, "a.yaml", Fault.NOT_YAML, id="deep YAML"),
        pytest.param(
            bomb({"xl/workbook.xml": b" " * 90_000_000}), "a.xlsx", Fault.TOO_LARGE, id="zip bomb"
        ),
        pytest.param(
            bomb({"xl/worksheets/sheet1.xml": b"<c/>" * 1_300_000}),
            "a.xlsx",
            Fault.TOO_MANY_ROWS,
            id="a few kilobytes that fill the memory with cells",
        ),
        pytest.param(b"- {a: b}\n" * 600_000, "a.yaml", Fault.TOO_LARGE, id="endless YAML"),
        pytest.param(
            gzip.compress(b"[" + b"[],\n" * 13_000_000),
            "a.json.gz",
            Fault.TOO_LARGE,
            id="endless JSON",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_in_words_that_help(
    data: bytes, name: str, fault: Fault
) -> None:
    (error,) = rows(data, name)
    assert isinstance(error, RowError)
    assert (error.row, error.fault) == (0, fault)


def test_a_cell_far_away_costs_nothing() -> None:
    lines: list[list[object]] = [[*line] for line in (*TITLES, HEADING, BIRTH)]
    assert len(list(read(excel((lines, ["XFD1048575:XFD1048576"])), "a.xlsx"))) == 1
