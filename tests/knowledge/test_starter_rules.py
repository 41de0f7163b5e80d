"""What every shipped procedure, line and agency must hold before a citizen may read it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.entries import Facet
from knowledge.importers.rows import RowError, rows
from knowledge.starter import DATA
from knowledge.text import fold

PROCEDURES = sorted((DATA / "procedures").glob("*.yaml"))
CODE = re.compile(r"\d\.\d{6}")
LABEL = 35
UNFINISHED = re.compile(r"^\?|\[\?\]|todo", re.MULTILINE)
NEEDED = ("documents", "fee", "time", "place")

# words that carry no matter of their own: an everyday phrasing may share them with any title
FUNCTION_WORDS = set(
    "bang cac cap cho co cua da dang de den do du duoc giay hoac huong ky lai la lam mot muc nguoi"
    " nhung o tai the theo thu thuc hien trong truong hop tu tuc va ve viec voi doi khi".split()
)
NEVER = (
    r"\bbạn\b",
    r"\bem\b",
    "quý khách",
    "người dùng",
    "từ chối",
    "không hợp lệ",
    "lỗi hệ thống",
    "sổ hộ khẩu",
    "cấp huyện",
)
ABOUT_CHILDREN = re.compile(r"(?:\btrẻ|\bchị|\banh,? chị,?|\bcác|\bmẹ và) em\b")


def records(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the records of a shipped file, its head already merged into each."""
    for row in rows(path.read_bytes(), path.name):
        assert not isinstance(row, RowError), str(row)
        yield row.values


SHIPPED = [(path.stem, record) for path in PROCEDURES for record in records(path)]
AGENCIES = list(records(DATA / "agencies.yaml"))
LINES = list(records(DATA / "hotlines.yaml"))
KNOWN_AGENCIES = {record["code"] for record in AGENCIES}

every_procedure = pytest.mark.parametrize(
    "record",
    [pytest.param(record, id=f"{name}-{record['code']}") for name, record in SHIPPED],
)
every_line = pytest.mark.parametrize(
    "line", [pytest.param(line, id=str(line["code"])) for line in LINES]
)
every_agency = pytest.mark.parametrize(
    "agency", [pytest.param(agency, id=agency["code"]) for agency in AGENCIES]
)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))


def fact_text(fact: Any) -> str:  # noqa: ANN401 - a text, or a mapping with one
    return str(fact["text"] if isinstance(fact, Mapping) else fact)


def shown(record: Mapping[str, Any]) -> str:
    """Return everything of a record that a citizen reads, the official title apart."""
    facts = record.get("facts", {}).values()
    texts = [record.get("short", ""), record.get("summary", ""), *map(fact_text, facts)]
    return ABOUT_CHILDREN.sub("", "\n".join(texts).lower())


def test_a_code_is_described_once_in_all_files() -> None:
    counted = Counter(record["code"] for _, record in SHIPPED)
    assert {code: n for code, n in counted.items() if n > 1} == {}


def test_enough_procedures_are_shipped_for_the_first_day() -> None:
    assert len(SHIPPED) >= 120


@every_procedure
def test_a_procedure_names_its_code_title_source_and_date(record: Mapping[str, Any]) -> None:
    assert CODE.fullmatch(record["code"])
    assert record["title"].strip()
    assert record["source"].strip()
    assert isinstance(record["checked_on"], date)
    assert str(record["url"]).startswith("https://dichvucong.gov.vn/")


@every_procedure
def test_a_label_fits_on_a_button(record: Mapping[str, Any]) -> None:
    assert 0 < len(record["short"]) <= LABEL


@every_procedure
def test_a_procedure_is_routed_to_agencies_of_the_directory(record: Mapping[str, Any]) -> None:
    assert record["agencies"]
    assert set(record["agencies"]) <= KNOWN_AGENCIES
    assert record["level"] in {"commune", "province", "ministry"}


@every_procedure
def test_what_citizens_ask_first_is_told(record: Mapping[str, Any]) -> None:
    facts = record["facts"]
    assert record["summary"].strip()
    assert [name for name in NEEDED if not fact_text(facts.get(name, ""))] == []
    assert set(facts) <= {facet.value for facet in Facet}


@every_procedure
def test_a_text_holds_no_mark_of_an_unfinished_note(record: Mapping[str, Any]) -> None:
    assert [
        text for text in shown(record).splitlines() if re.search(r"^\?|\[\?\]|todo", text)
    ] == []


@every_procedure
def test_a_citizen_is_addressed_as_the_house_does(record: Mapping[str, Any]) -> None:
    assert [word for word in NEVER if re.search(word, shown(record))] == []


@every_procedure
def test_a_procedure_has_six_phrasings_that_begin_differently(record: Mapping[str, Any]) -> None:
    beginnings = Counter(tuple(words(alias)[:3]) for alias in record["aliases"])
    assert len(record["aliases"]) >= 6
    assert [" ".join(start) for start, n in beginnings.items() if n > 1] == []


@every_procedure
def test_two_phrasings_share_no_word_with_the_title(record: Mapping[str, Any]) -> None:
    title = set(words(record["title"])) - FUNCTION_WORDS
    own = [alias for alias in record["aliases"] if not title & set(words(alias))]
    assert len(own) >= 2, record["title"]


@every_line
def test_a_line_has_a_number_or_says_that_it_is_being_updated(line: Mapping[str, Any]) -> None:
    number = line["phone"]
    assert number.isdigit() if number else "đang cập nhật" in line["summary"]


@every_line
def test_a_line_has_phrasings_a_source_and_a_date(line: Mapping[str, Any]) -> None:
    assert len(line["aliases"]) >= 4
    assert line["source"].strip()
    assert isinstance(line["checked_on"], date)
    assert set(line.get("agencies", ())) <= KNOWN_AGENCIES
    assert [word for word in NEVER if re.search(word, shown(line))] == []


@every_agency
def test_an_agency_tells_its_source_its_days_and_who_follows_it(agency: Mapping[str, Any]) -> None:
    followers = [
        item["agency"] if isinstance(item, Mapping) else item
        for item in agency.get("successors", ())
    ]
    assert agency["source"].strip()
    assert isinstance(agency["checked_on"], date)
    assert agency["confidence"] in {"high", "medium", "low"}
    assert set(followers) <= KNOWN_AGENCIES
    assert not followers or isinstance(agency["valid_to"], date)
