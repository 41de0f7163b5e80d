"""What sets one entry before another, on a handful of invented entries."""

from dataclasses import replace

import pytest

from knowledge.decisions import DecisionKind
from knowledge.entries import Entry, EntryKind
from knowledge.lexicon import standard
from knowledge.matcher import Matcher
from knowledge.query import Reader
from knowledge.repair import Repair
from knowledge.units import groups_of
from tests.knowledge.test_matcher import decide


def entry(code: str, title: str, body: str = "") -> Entry:
    return Entry(f"procedure:{code}", EntryKind.PROCEDURE, code, title, body=body)


def first(entries: list[Entry], text: str) -> str:
    return Matcher.build(entries, ()).decide(text).codes[0]


LICENCES = [
    entry("a", "Cấp giấy phép bán lẻ rượu"),
    entry("b", "Cấp lại giấy phép bán lẻ rượu"),
    entry("c", "Cấp giấy phép bán lẻ rượu cho tổ chức nước ngoài"),
]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("cấp giấy phép bán lẻ rượu", "a", id="the plain title"),
        pytest.param("cấp lại giấy phép bán lẻ rượu", "b", id="the action decides"),
        pytest.param("giấy phép bán lẻ rượu cho tổ chức nước ngoài", "c", id="the party decides"),
    ],
)
def test_what_a_title_has_beyond_the_question_costs(text: str, code: str) -> None:
    assert first(LICENCES, text) == code


def test_words_of_an_entrys_papers_set_it_before_its_like() -> None:
    papers = "Bản cam kết về nguồn nước; tờ khai bè; sơ đồ lồng bè"
    alike = [entry("a", "Đăng ký nuôi cá"), entry("b", "Đăng ký nuôi tôm", papers)]
    other = entry("c", "Cấp giấy phép lồng bè, sơ đồ nguồn nước")
    assert first([*alike, other], "đăng ký nuôi trên lồng bè") == "b"


def test_a_phrase_is_one_part_with_its_official_words() -> None:
    query = Reader(standard(), Repair(())).read("sổ đỏ")
    (part,) = query.segments
    assert part.places == (0, 1)
    assert part.meanings


def test_entries_of_one_title_are_one_answer() -> None:
    named = replace(entry("a", "Ghi vào Sổ hộ tịch"), group="ghi-so")
    same = entry("b", "Thủ tục ghi vào sổ hộ tịch (cấp xã)")
    other = entry("c", "Ghi vào sổ lưu trú")
    assert groups_of([named, same, other])[:2] == ["ghi-so", "ghi-so"]
    assert groups_of([other, named])[0] != "ghi-so"


def test_an_imported_level_of_a_procedure_joins_the_group_it_was_given() -> None:
    named = replace(entry("a", "Cấp thẻ, đổi thẻ"), group="the")
    imported = replace(
        entry("b", "Cấp thẻ, đổi thẻ (thực hiện tại cấp tỉnh)"), group="cap the, doi the"
    )
    assert groups_of([named, imported]) == ["the", "the"]


def test_a_group_that_only_repeats_the_title_gives_way_to_the_group_its_twin_was_given() -> None:
    title = "Thủ tục giải quyết việc ghi sổ"
    named = replace(entry("a", title), group="ghi-so")
    imported = replace(entry("b", title), group="thu tuc giai quyet viec ghi so")
    assert groups_of([named, imported]) == ["ghi-so", "ghi-so"]


@pytest.mark.parametrize("text", ["căn cước", "giấy phép xây dựng", "bằng lái xe"])
def test_a_vague_question_is_offered_two_to_four(text: str) -> None:
    decision = decide(text)
    assert decision.kind is DecisionKind.CHOICES
    assert 2 <= decision.offered <= 4


@pytest.mark.parametrize("text", ["chào", "nhà tui cháy rồi", "rác đầy đường không ai hốt"])
def test_nothing_is_offered_where_nothing_is_to_choose(text: str) -> None:
    assert decide(text).offered == 0
