"""Which commune serves a place today."""

import csv
from collections import Counter, defaultdict

import pytest

from bot.directory.communes import commune_codes, places
from tests.requirements import shared


def rows(name: str) -> list[dict[str, str]]:
    with shared(f"data/admin_units/{name}").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_the_province_has_103_communes_with_their_official_codes() -> None:
    expected = {f"ct-xa-{row['ward_code']}": row["ward"] for row in rows("wards_cantho_2025.tsv")}
    assert dict(commune_codes()) == expected
    assert len(expected) == 103


def test_every_former_commune_that_moved_whole_is_found_where_it_went() -> None:
    ours = {(p.province, p.district, p.name): p.agency for p in places() if p.former}
    for row in rows("old_to_new_wards_2025.tsv"):
        if row["new_province"] == "Thành phố Cần Thơ" and row["kind"] == "whole":
            key = row["old_province"], row["old_district"], row["old_ward"]
            assert ours[key] == f"ct-xa-{row['new_ward_code']}", key


def test_fourteen_former_names_existed_in_more_than_one_district() -> None:
    districts = defaultdict(set)
    for place in places():
        if place.former:
            districts[place.name].add((place.province, place.district))
    assert sum(len(found) > 1 for found in districts.values()) == 14


def test_huyen_chau_thanh_lay_in_two_provinces() -> None:
    provinces = {p.province for p in places() if p.district == "Huyện Châu Thành"}
    assert provinces == {"Tỉnh Sóc Trăng", "Tỉnh Hậu Giang"}


@pytest.mark.parametrize(
    ("province", "name", "today"),
    [
        pytest.param("Tỉnh Hậu Giang", "Xã Phú Tân", "Xã Phú Hữu", id="in Hậu Giang"),
        pytest.param("Tỉnh Sóc Trăng", "Xã Phú Tân", "Xã Thuận Hòa", id="in Sóc Trăng"),
        pytest.param("Tỉnh Sóc Trăng", "Xã Tân Long", "Xã Tân Long", id="Tân Long of Ngã Năm"),
        pytest.param("Tỉnh Hậu Giang", "Xã Tân Long", "Xã Thạnh Hòa", id="of Phụng Hiệp"),
        pytest.param("Tỉnh Sóc Trăng", "Xã Đại Tâm", "Phường Mỹ Xuyên", id="no namesake"),
    ],
)
def test_namesakes_go_each_to_its_own_commune(province: str, name: str, today: str) -> None:
    names = commune_codes()
    found = [names[p.agency] for p in places() if (p.province, p.name) == (province, name)]
    assert found == [today]


def test_a_commune_that_was_split_names_each_part_the_larger_first() -> None:
    names = commune_codes()
    found = [names[p.agency] for p in places() if p.name == "Phường Bùi Hữu Nghĩa"]
    assert found == ["Phường Bình Thủy", "Phường Cái Khế"]


def test_no_name_carries_stray_spaces() -> None:
    assert not [p for p in places() if "  " in p.name + p.district]
    assert max(Counter(places()).values()) == 1
