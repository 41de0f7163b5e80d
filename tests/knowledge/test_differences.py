"""What reads alike is told apart by one question in plain words."""

from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from bot.directory.communes import places
from knowledge import starter
from knowledge.decisions import DecisionKind
from knowledge.differences import Family, answered, difference, families, unlike
from knowledge.entries import Entry
from knowledge.importers import procedures
from knowledge.layers import merged
from knowledge.matcher import Matcher
from tests.bot.conversation.manners import BANNED

BASE = Path(__file__).parents[3] / "shared" / "data" / "procedures.jsonl.gz"
CARD, LOST, CHANGED = "1.014061", "1.014064", "1.014063"


@cache
def _known() -> list[Entry]:
    rows = procedures.read(BASE.read_bytes(), BASE.name)
    return merged(starter.load(), (row for row in rows if isinstance(row, Entry)))


@pytest.mark.parametrize(
    ("codes", "question"),
    [
        pytest.param(
            ("1.001193", "1.001020"), "bé sinh trong nước hay ở nước ngoài", id="where-born"
        ),
        pytest.param(
            ("1.014062", CARD),
            "ông/bà làm thẻ cho người dưới 14 tuổi hay từ 14 tuổi trở lên",
            id="age",
        ),
        pytest.param(
            (CARD, CHANGED, LOST),
            "ông/bà cần làm thẻ căn cước mới, đổi thẻ đang có hay làm lại thẻ bị mất",
            id="new-changed-lost",
        ),
        pytest.param(
            ("1.004222", "1.004194"), "ông/bà đến ở lâu dài hay chỉ ở một thời gian", id="stay"
        ),
        pytest.param(
            ("1.001570", "2.002029"), "ông/bà hỏi cho hộ kinh doanh hay công ty", id="who-trades"
        ),
        pytest.param(
            ("1.014336", "1.014337"),
            "cháu học trường công lập hay dân lập hoặc tư thục",
            id="school",
        ),
    ],
)
def test_the_difference_is_asked_in_plain_words(codes: tuple[str, ...], question: str) -> None:
    told = difference(codes)
    assert told is not None
    assert told.question == question


def test_labels_stand_in_the_order_of_what_is_offered() -> None:
    told = difference((LOST, CARD))
    assert told is not None
    assert told.labels == ("Làm lại thẻ bị mất", "Làm thẻ mới (từ 14 tuổi)")


def test_what_would_be_long_to_read_aloud_is_asked_by_its_matter() -> None:
    told = difference(("1.001193", "2.000528", "1.001020", "1.004884"))
    assert told is not None
    assert (told.question, told.matter) == ("", "khai sinh")


@pytest.mark.parametrize(
    "codes",
    [
        pytest.param((), id="nothing"),
        pytest.param((CARD,), id="one"),
        pytest.param((CARD, "1.001193"), id="two-matters"),
        pytest.param((CARD, LOST, "1.001193"), id="one-stranger"),
        pytest.param(("", ""), id="no-codes"),
    ],
)
def test_what_is_no_family_keeps_its_titles(codes: tuple[str, ...]) -> None:
    assert difference(codes) is None


def test_one_procedure_at_two_levels_is_asked_by_its_place() -> None:
    told = difference((CARD, "2.000200"))
    assert told is not None
    assert told.labels == ("Công an xã, phường", "Công an tỉnh, thành phố")


@pytest.mark.parametrize(
    ("codes", "places"),
    [
        pytest.param((CARD, "2.000200", LOST), [0, 2], id="another-level-gives-way"),
        pytest.param((CARD, "2.000200"), [0, 1], id="unless-nothing-is-left-to-choose"),
        pytest.param((CARD, "1.001193"), [0, 1], id="others-stay"),
    ],
)
def test_one_level_of_a_procedure_is_offered(codes: tuple[str, ...], places: list[int]) -> None:
    assert unlike(codes) == places


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("bị mất", LOST),
        ("dạ bi mat ạ", LOST),
        ("đổi thẻ", CHANGED),
        ("làm lại thẻ bị mất", LOST),
        ("thẻ", None),
        ("xin phép xây nhà", None),
        ("", None),
    ],
)
def test_a_few_words_answer_the_question(text: str, code: str | None) -> None:
    codes = (CARD, CHANGED, LOST)
    found = answered(codes, text)
    assert (None if found is None else codes[found]) == code


def test_the_whole_answer_goes_before_a_part_of_another() -> None:
    assert answered(("3.000286", "3.000285"), "khoá") == 1


@pytest.mark.parametrize("family", families(), ids=lambda family: family.name)
def test_a_family_is_short_polite_and_told_apart(family: Family) -> None:
    labels = [option.label for option in family.options]
    said = [option.say for option in family.options]
    assert len(family.options) > 1
    assert len(set(labels)) == len(set(said)) == len(labels)
    assert max(map(len, labels)) <= 35
    assert BANNED.search(" ".join((family.ask, *labels, *said))) is None
    assert family.ask.count("{}") == 1


def test_many_families_are_told_apart_and_no_two_ask_of_the_same() -> None:
    codes = [frozenset(code for o in family.options for code in o.codes) for family in families()]
    assert len(codes) == len(set(codes)) >= 160


def test_levels_of_one_procedure_are_told_apart_only_by_where_and_how() -> None:
    options = [option for family in families() for option in family.options]
    levels = {pair for o in options for pair in combinations(sorted(o.codes), 2)}
    asked = {family.name for pair in levels for family in families() if family.options_of(pair)}
    assert [n for n in asked if not (n.startswith(("nơi ", "khai ")) or n.endswith("ở đâu"))] == []


@pytest.mark.skipif(not BASE.is_file(), reason="the national base is not at hand")
def test_every_option_stands_for_known_procedures() -> None:
    known = {entry.code for entry in _known()}
    named = {code for family in families() for o in family.options for code in o.codes}
    assert sorted(named - known) == []


@pytest.mark.skipif(not BASE.is_file(), reason="the national base is not at hand")
def test_questions_without_the_difference_lead_to_it() -> None:
    entries = _known()
    matcher = Matcher.build(entries, places())
    codes = {entry.id: entry.code for entry in entries}
    asked = (
        "xin giấy phép lao động cho người nước ngoài",
        "xin giay phep xay dung",
        "giấy khuyết tật",
    )
    for text in asked:
        decision = matcher.decide(text)
        shown = [codes[entry] for entry in decision.entries[: decision.offered]]
        assert decision.kind is DecisionKind.CHOICES, text
        assert difference(shown) is not None, (text, shown)
