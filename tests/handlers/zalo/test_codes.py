"""The table of error codes is the documentation."""

from pathlib import Path

from handlers.zalo.codes import CODES, FATES, table

GUIDE = Path(__file__).parents[3] / "docs" / "zalo.md"


def test_the_guide_shows_the_table_as_it_is() -> None:
    assert table() in GUIDE.read_text(encoding="utf-8")


def test_every_code_has_a_fate() -> None:
    assert {code.error for code in CODES.values()} == set(FATES)
