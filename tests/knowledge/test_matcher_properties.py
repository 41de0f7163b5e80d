"""Whatever is typed, the matcher answers, and alike for alike."""

import unicodedata
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import starter
from knowledge.decisions import Decision
from knowledge.lexicon import standard
from knowledge.ranking import CANDIDATES, Ranker, Shelf, weights_from
from knowledge.repair import MAX_REPAIRS, Repair
from knowledge.shelf import shelve
from knowledge.text import MAX_WORDS, canonical, clean, fold, split
from tests.knowledge.test_matcher import decide, matcher

QUESTION = "Hỏi thủ tục đăng ký khai sinh cho bé, cần giấy tờ gì?"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_no_text_raises(text: str) -> None:
    assert isinstance(decide(text), Decision)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("khai sinh " * 10_000, id="ten thousand words"),
        pytest.param("a" * 100_000, id="one letter repeated"),
        pytest.param("\u202ekhai sinh\u202c \u200b\u200d", id="right to left and zero width"),
        pytest.param("😀" * 500, id="emoji only"),
        pytest.param("\ud800 khai sinh \x00", id="lone surrogate and NUL"),
        pytest.param("1234567890 " * 2_000, id="digits only"),
    ],
)
def test_hostile_text_is_bounded_and_decided(text: str) -> None:
    assert len(split(text)) <= MAX_WORDS
    assert isinstance(decide(text), Decision)


@pytest.mark.parametrize(
    "same",
    [
        pytest.param(unicodedata.normalize("NFD", QUESTION), id="decomposed"),
        pytest.param(QUESTION.upper(), id="capitals"),
        pytest.param("   " + QUESTION.replace(" ", "   "), id="spacing"),
    ],
)
def test_the_same_question_gets_the_same_decision(same: str) -> None:
    assert decide(same) == decide(QUESTION)


@pytest.mark.parametrize(("one", "other"), [("hoà giải", "hòa giải"), ("uỷ quyền", "ủy quyền")])
def test_both_placements_of_a_tone_are_one(one: str, other: str) -> None:
    assert decide(f"{one} làm sao") == decide(f"{other} làm sao")


WORDS = (
    "đăng ký khai sinh", "sổ đỏ", "bằng lái", "hòa giải", "ủy quyền", "mất", "căn cước", "má tui",
    "hông", "bao nhiêu tiền", "ở xã", "thủy sản", "khuyết tật", "cắt khẩu", "nghĩa vụ quân sự",
)  # fmt: skip
QUESTIONS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
LONGEST_SPELLING = max(len(words) for words in standard().spelling.values())
OLD_TONES = {"hòa": "hoà", "ủy": "uỷ", "thủy": "thuỷ"}


@cache
def shelf() -> Shelf:
    return shelve(starter.load(), standard())


def _old(text: str) -> str:
    return " ".join(OLD_TONES.get(word, word) for word in text.split())


@settings(max_examples=25, deadline=None)
@given(QUESTIONS)
def test_no_way_of_typing_the_same_words_changes_the_decision(text: str) -> None:
    first = decide(text)
    assert decide(unicodedata.normalize("NFD", text)) == first
    assert decide(text.upper()) == first
    assert decide(f"  {text.replace(' ', '  ')}\n") == first
    assert decide(_old(text)) == first


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet="abcđeghiklmnopqrstuvxyạảãáàâăêôơư 0123456789", max_size=3000))
def test_work_is_bounded_whatever_the_length(text: str) -> None:
    query = matcher().reader.read(text)
    assert len(query.segments) <= len(query.words.folded) <= LONGEST_SPELLING * MAX_WORDS
    units, rows = Ranker(shelf(), weights_from()).rows(query)
    assert len(units) == len(rows) <= CANDIDATES


def test_only_so_many_unknown_words_are_repaired() -> None:
    repair = Repair(["sinh"])
    said, guessed = repair.words(["simh"] * (MAX_REPAIRS + 5))
    assert len(guessed) == said.count("sinh") == MAX_REPAIRS


@given(st.text(max_size=80))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_folding_leaves_no_vietnamese_mark(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert "đ" not in folded


@pytest.mark.parametrize(
    ("typed", "same"),
    [("thuỷ", "thủy"), ("kỹ", "kĩ"), ("quý", "quí"), ("khoẻ", "khỏe"), ("cựu", "cựu")],
)
def test_spellings_of_a_syllable_are_one(typed: str, same: str) -> None:
    assert canonical(typed) == canonical(same)
