"""Who answers for what on any day, and under which name people still look for it."""

from datetime import date

import pytest
from sqlalchemy import Connection

from bot.clock.starter import special_days
from bot.directory import records, repository, starter
from bot.directory.loading import put_agencies
from bot.directory.records import Agency, Succession

TODAY = date(2026, 11, 21)


@pytest.fixture
def shipped(connection: Connection) -> Connection:
    starter.load(connection, TODAY)
    return connection


def test_today_every_commune_has_its_committee_and_the_districts_are_gone(
    shipped: Connection,
) -> None:
    today = repository.agencies_on(shipped, TODAY)
    assert sum(agency.code.startswith("ct-xa-") for agency in today) == 103
    assert not [agency for agency in today if agency.kind == "district"]


def test_before_the_merger_the_former_province_had_its_departments(shipped: Connection) -> None:
    codes = {agency.code for agency in repository.agencies_on(shipped, date(2025, 6, 1))}
    assert "st-so-tu-phap" in codes
    assert "ct-xa-31687" not in codes


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param("ct-so-y-te", {"ct-so-y-te"}, id="lives"),
        pytest.param("st-so-tu-phap", {"ct-so-tu-phap"}, id="merged once"),
        pytest.param("st-so-khdt", {"ct-so-tai-chinh"}, id="merged twice"),
    ],
)
def test_whoever_follows_is_found_over_all_mergers(
    shipped: Connection, code: str, expected: set[str]
) -> None:
    assert {agency for agency, _ in repository.successors(shipped, code, TODAY)} == expected


def test_a_district_is_followed_by_the_communes_of_its_former_communes(
    shipped: Connection,
) -> None:
    found = repository.successors(shipped, "st-ubnd-huyen-my-xuyen", TODAY)
    names = {part: repository.agency_name(shipped, code) for code, part in found}
    assert names["Xã Đại Tâm"] == "UBND phường Mỹ Xuyên"


def test_a_loop_of_successors_ends(shipped: Connection) -> None:
    past, day = date(2020, 1, 1), date(2020, 1, 2)
    loop = [
        Agency(a, a, "department", "thử", valid_to=past, successions=(Succession(b, day),))
        for a, b in (("st-a", "st-b"), ("st-b", "st-a"))
    ]
    put_agencies(shipped, loop)
    assert repository.successors(shipped, "st-a", TODAY) == [("st-b", "")]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        pytest.param("tai van", "UBND xã Tài Văn", id="without marks"),
        pytest.param("Tài Văn xã", "UBND xã Tài Văn", id="in any order"),
        pytest.param("so tu phap can tho", "Sở Tư pháp thành phố Cần Thơ", id="a department"),
    ],
)
def test_an_agency_is_found_by_any_words_of_its_name(
    shipped: Connection, words: str, name: str
) -> None:
    assert repository.search_agencies(shipped, words)[0].name == name


def test_agencies_of_today_are_listed_before_those_of_the_past(shipped: Connection) -> None:
    found = repository.search_agencies(shipped, "sở tư pháp")
    assert [agency.valid_to is None for agency in found] == [True, False]


def test_a_place_is_found_under_its_old_name_with_the_commune_of_today(
    shipped: Connection,
) -> None:
    agencies = {place.agency for place in repository.find_places(shipped, "đại tâm")}
    assert agencies == {"ct-xa-31684"}


def test_an_unknown_agency_is_called_by_its_code(shipped: Connection) -> None:
    assert repository.agency_name(shipped, "xx-la") == "xx-la"


def test_the_days_off_come_along(shipped: Connection) -> None:
    assert repository.calendar_rows(shipped) == special_days()


def test_loading_again_changes_nothing(shipped: Connection) -> None:
    before = repository.all_places(shipped), repository.agency_names(shipped)
    starter.load(shipped, TODAY)
    assert (repository.all_places(shipped), repository.agency_names(shipped)) == before


@pytest.mark.parametrize(
    ("written", "name"),
    [
        pytest.param("UBND xã, phường (103 units; see a.tsv)", "UBND xã, phường", id="an aside"),
        pytest.param("Sở Y tế (cơ sở 2)", "Sở Y tế (cơ sở 2)", id="a part of the name"),
    ],
)
def test_an_editors_aside_is_no_part_of_a_name(written: str, name: str) -> None:
    record = {"code": "ct-xa", "name": written, "kind": "commune", "source": "test"}
    assert records.agency(record).name == name
