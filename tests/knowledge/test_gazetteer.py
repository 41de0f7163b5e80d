"""Names of communes and old districts, told apart by the word before them and by capitals."""

from functools import cache

import pytest

from bot.directory.communes import places
from knowledge.gazetteer import Found, Gazetteer
from knowledge.lexicon import standard
from knowledge.patterns import Words
from knowledge.text import respell, split


@cache
def gazetteer() -> Gazetteer:
    return Gazetteer(places())


def words(text: str) -> Words:
    return Words.of(split(text))


def find(text: str) -> Found:
    return gazetteer().find(words(text), text)


@pytest.mark.parametrize(
    ("text", "commune"),
    [
        pytest.param("Lâm Kiết nước phèn lên đỏ kinh", "ct-xa-31759", id="capitals lead"),
        pytest.param("lâm kiết nước phèn lên đỏ kinh", None, id="small letters alone do not"),
        pytest.param("An ninh ấp tui kém quá", None, id="a word is no name"),
        pytest.param("lộ xã Vị Thanh sụp", "ct-xa-31465", id="the kind before it tells"),
        pytest.param("lộ phường Vị Thanh sụp", "ct-xa-31321", id="and another kind another"),
        pytest.param("quán nhậu ở Kế Sách ồn", "ct-xa-31528", id="a tavern is no district"),
        pytest.param("hẻm ở huyện Lâm Kiết", "ct-xa-31759", id="no district bears the name"),
        pytest.param("rác ở thị xã Vĩnh Châu", None, id="a district is offered"),
        pytest.param("ở thành phố Sóc Trăng", None, id="a former city too"),
        pytest.param("H. Mỹ Tú lộ hư", None, id="a district in short"),
        pytest.param("chợ kế sách dơ quá", "ct-xa-31528", id="a market leads"),
        pytest.param("ở Thạnh Phú Mỹ Xuyên", "ct-xa-31708", id="the old district tells"),
        pytest.param("tổ bảo vệ an ninh khóm", None, id="a word with marks is no other"),
        pytest.param("xe mua về Sóc Trăng", None, id="the old province is no commune"),
        pytest.param("cồn Mỹ Phước xã Nhơn Mỹ", "ct-xa-31552", id="a commune before an island"),
        pytest.param("loa phường phát 5 giờ sáng", None, id="an hour is no ward"),
        pytest.param("xã Nhơn Nghĩa A", "ct-xa-31342", id="a letter belongs to the name"),
    ],
)
def test_a_commune_is_found_by_its_name(text: str, commune: str | None) -> None:
    assert find(text).agency == commune


@pytest.mark.parametrize(
    ("text", "districts"),
    [
        pytest.param("ở huyện Châu Thành A", {"Huyện Châu Thành A"}, id="a respelled letter"),
        pytest.param("rác p7", {"Thành phố Sóc Trăng"}, id="a ward in short"),
    ],
)
def test_a_name_is_found_however_its_words_are_respelled(text: str, districts: set[str]) -> None:
    spelling = standard().spelling
    said = Words.of(respell(split(text), spelling))
    assert {p.district for p in Gazetteer(places(), spelling).namesakes(said)} == districts


@pytest.mark.parametrize("text", ["huyện Kế Sách", "thị xã Vĩnh Châu", "huyen Lam Kiet"])
def test_who_bears_a_name_is_told_alike_when_found_and_when_asked(text: str) -> None:
    found = find(text)
    bearing = {place.agency for place in gazetteer().namesakes(words(text))}
    assert bearing == ({found.agency} if found.agency else set(found.offered))
