"""Small shapes on pages."""

import pytest

from handlers.rendering import Block, blocks, spaced, spoken_month


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        pytest.param("113", "113", id="short"),
        pytest.param("18001096", "1800 1096", id="free of charge"),
        pytest.param("02923821579", "0292 3821 579", id="fixed line"),
        pytest.param("gọi lại sau", "gọi lại sau", id="no number"),
    ],
)
def test_numbers_are_grouped_as_people_dial_them(phone: str, shown: str) -> None:
    assert spaced(phone) == shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("một\n\nhai", [Block("p", ("một", "hai"))], id="lines"),
        pytest.param("- a\n– b\n• c", [Block("ul", ("a", "b", "c"))], id="dashes"),
        pytest.param("1. a\n2) b", [Block("ol", ("a", "b"))], id="numbers"),
        pytest.param("x:\n- a", [Block("p", ("x:",)), Block("ul", ("a",))], id="mixed"),
        pytest.param("-5 độ", [Block("p", ("-5 độ",))], id="a number below zero"),
        pytest.param("1.000 đồng", [Block("p", ("1.000 đồng",))], id="an amount"),
    ],
)
def test_lists_are_told_from_lines(text: str, expected: list[Block]) -> None:
    assert blocks(text) == expected


def test_months_are_written_as_people_write_them() -> None:
    assert spoken_month("2026-09") == "09/2026"
