"""What the rules hold back is confirmed or put right by an officer, and goes out after that."""

import pytest
from sqlalchemy import Connection

from bot.catalogue import findings
from bot.catalogue.acts import Fault, NoSuchFinding, put_layer
from bot.catalogue.findings import NoSource, NothingSaid, Vouched, Wanted, concerns, open_findings
from bot.catalogue.repository import public_entry
from knowledge.entries import Facet
from knowledge.layers import Layer
from tests.bot.catalogue.samples import NOW

OLD_PLACE = "UBND cấp huyện"
BY = Vouched("officer:1", NOW)


@pytest.fixture
def held(connection: Connection) -> Connection:
    """Two procedures that still speak of districts, one of each kind of agency."""
    about = {"sound": True, "source": "thử", "checked_on": None}
    facts = {"place": {"text": OLD_PLACE, **about}, "time": {"text": "3 ngày", **about}}
    for number, agency in ((1, "ct-xa"), (2, "ct-so-y-te")):
        said = {"title": f"Thủ tục {number}", "source": "thử", "agencies": [agency]}
        data = {**said, "facts": facts}
        put_layer(connection, f"procedure:1.00000{number}", Layer.NATIONAL, data, NOW, "t")
    return connection


def fault_of(connection: Connection) -> Fault:
    return open_findings(connection, Wanted()).held[0].fault


def place(connection: Connection) -> str:
    entry = public_entry(connection, "1.000001")
    assert entry is not None
    return entry.facts[Facet.PLACE].text


def test_a_finding_shows_the_text_that_is_held_back(held: Connection) -> None:
    page = open_findings(held, Wanted())
    first = page.held[0]
    assert (first.code, first.text, first.fault.facet) == ("1.000001", OLD_PLACE, "place")
    assert place(held) == ""
    assert page.total == 2
    assert sum(page.by_rule.values()) == 2


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        pytest.param(Wanted(agency="ct-so-y-te"), ["1.000002"], id="of a department"),
        pytest.param(Wanted(agency="ct-xa-31687"), ["1.000001"], id="of every commune"),
        pytest.param(Wanted(rule="no such rule"), [], id="by rule"),
        pytest.param(Wanted(page=2), [], id="beyond the last page"),
    ],
)
def test_findings_are_filtered(held: Connection, wanted: Wanted, codes: list[str]) -> None:
    assert [one.code for one in open_findings(held, wanted).held] == codes


def test_a_correction_with_its_source_goes_out(held: Connection) -> None:
    findings.correct(
        held, "procedure:1.000001", fault_of(held), "UBND xã, phường", "Nghị định 150", BY
    )
    assert place(held) == "UBND xã, phường"
    assert open_findings(held, Wanted()).total == 1


def test_a_correction_with_the_same_fault_is_held_back_again(held: Connection) -> None:
    findings.correct(held, "procedure:1.000001", fault_of(held), f"{OLD_PLACE} nơi ở", "NĐ 150", BY)
    assert place(held) == ""


@pytest.mark.parametrize(
    ("text", "source", "problem"),
    [
        pytest.param("UBND xã", " ", NoSource, id="no source"),
        pytest.param(" ", "Nghị định 150", NothingSaid, id="no text"),
    ],
)
def test_a_correction_needs_text_and_source(
    held: Connection, text: str, source: str, problem: type[Exception]
) -> None:
    with pytest.raises(problem):
        findings.correct(held, "procedure:1.000001", fault_of(held), text, source, BY)


def test_nobody_corrects_what_changed_meanwhile(held: Connection) -> None:
    stale = Fault("place", fault_of(held).rule, "0" * 64)
    with pytest.raises(NoSuchFinding):
        findings.correct(held, "procedure:1.000001", stale, "UBND xã", "Nghị định 150", BY)


def test_an_entry_is_the_business_of_its_agencies(held: Connection) -> None:
    asked = ("ct-so-y-te", "ct-xa", "ct-xa-31687", "-", "")
    assert [concerns(held, "procedure:1.000002", code) for code in asked] == [
        *(True, False, False, False, True)
    ]
