"""Rows of whatever an office sends."""

import gzip
import io

import openpyxl
import pytest

from knowledge.importers.rows import Row, RowError, rows


def book(*lines: list[object]) -> bytes:
    workbook, buffer = openpyxl.Workbook(), io.BytesIO()
    for line in lines:
        assert workbook.active is not None
        workbook.active.append(line)
    workbook.save(buffer)
    return buffer.getvalue()


EXPECTED = [{"code": "1", "name": "Xã Tài Văn"}]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        pytest.param(
            '{"code": "1", "name": "Xã Tài Văn"}\n\n'.encode(), "a.jsonl", id="JSON lines"
        ),
        pytest.param('[{"code": "1", "name": "Xã Tài Văn"}]'.encode(), "a.json", id="JSON list"),
        pytest.param(
            gzip.compress('{"code": "1", "name": "Xã Tài Văn"}'.encode()), "a.jsonl.gz", id="gzip"
        ),
        pytest.param("code,name\n1,Xã Tài Văn\n".encode(), "a.csv", id="CSV"),
        pytest.param("\ufeffcode;name\r\n1;Xã Tài Văn\r\n".encode(), "a.csv", id="CSV of Excel"),
        pytest.param("code\tname\n1\tXã Tài Văn\n".encode("utf-16"), "a.txt", id="UTF-16"),
        pytest.param(gzip.compress("code\tname\n1\tXã Tài Văn".encode()), "a.tsv.gz", id="TSV.gz"),
        pytest.param("items:\n- {code: '1', name: Xã Tài Văn}".encode(), "a.yaml", id="YAML"),
        pytest.param(book(["code", "name"], ["1", "Xã Tài Văn"]), "a.xlsx", id="Excel"),
    ],
)
def test_every_format_yields_the_same_rows(data: bytes, name: str) -> None:
    assert [row.values for row in rows(data, name) if isinstance(row, Row)] == EXPECTED


def test_keys_at_the_head_of_a_yaml_file_hold_for_each_record() -> None:
    data = "source: Sổ tay\nitems:\n- {code: '1'}\n- {code: '2', source: khác}".encode()
    found = [row.values for row in rows(data, "a.yaml") if isinstance(row, Row)]
    assert found == [{"source": "Sổ tay", "code": "1"}, {"source": "khác", "code": "2"}]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        pytest.param(b"a: [1", "a.yaml", id="YAML"),
        pytest.param(b"items: [1]", "a.yaml", id="YAML without fields"),
        pytest.param(b"\x1f\x8b\x08broken", "a.jsonl.gz", id="gzip"),
        pytest.param(b"PK\x03\x04broken", "a.xlsx", id="Excel"),
        pytest.param(b"\x9f\x01\xee\x13 no archive", "a.xlsx", id="Excel in name alone"),
        pytest.param(b"[1, 2", "a.json", id="JSON"),
        pytest.param(b"[" * 100_000, "a.jsonl", id="deep nesting"),
        pytest.param(b"!!python/object/apply:os.system [ls]", "a.yaml", id="YAML with objects"),
    ],
)
def test_a_damaged_file_is_one_error_and_no_crash(data: bytes, name: str) -> None:
    (error,) = rows(data, name)
    assert isinstance(error, RowError)
    assert error.file == name


def test_an_empty_row_of_a_table_is_no_row() -> None:
    assert list(rows(b"a,b\n,\n1,2\n", "a.csv")) == [Row(3, {"a": "1", "b": "2"})]
