"""Receipt codes are read out, mistyped and written in sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.questions.codes import (
    ALPHABET,
    find_code,
    is_valid,
    new_code,
    parse_code,
    spoken_groups,
)

codes = st.builds(lambda _: new_code(), st.integers())


@given(codes, st.integers(0, 6), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(code: str, place: int, other: str) -> None:
    mistyped = code[:place] + other + code[place + 1 :]
    assert is_valid(mistyped) == (other == code[place])


@given(codes, st.integers(0, 5))
def test_two_neighbours_swapped_are_always_noticed(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert is_valid(swapped) == (swapped == code)


@given(codes)
def test_a_code_is_read_back_however_it_is_typed(code: str) -> None:
    for typed in (spoken_groups(code), code.lower(), f" {code[:3]}-{code[3:6]}.{code[6]} "):
        assert parse_code(typed) == code


@given(codes)
def test_a_look_alike_stands_for_the_character_that_a_code_can_hold(code: str) -> None:
    for mistaken, meant in ("Z2", "S5", "G6", "B8", "UV"):
        assert parse_code(code.replace(meant, mistaken)) == code


@given(codes)
def test_a_code_is_neither_a_word_nor_a_number(code: str) -> None:
    assert not code.isdigit()
    assert any(map(str.isdigit, code))


@given(codes)
def test_a_code_is_found_in_a_sentence(code: str) -> None:
    assert find_code(f"cho hỏi câu {spoken_groups(code).lower()} tới đâu rồi") == code


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("cho em hoi lam khai sinh can gi", id="words"),
        pytest.param("0912345678", id="telephone"),
        pytest.param("", id="nothing"),
        pytest.param("4K7M2P", id="too short"),
    ],
)
def test_other_text_holds_no_code(text: str) -> None:
    assert find_code(text) is None
    assert parse_code(text) is None
