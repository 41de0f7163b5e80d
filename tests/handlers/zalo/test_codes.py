"""The table of error codes is the documentation."""

from pathlib import Path

from handlers.zalo.codes import CODES

GUIDE = Path(__file__).parents[3] / "docs" / "zalo.md"


def test_the_guide_shows_the_table_as_it_is() -> None:
    rows = {
        f"| {number} | {code.meaning} | {code.error.__name__} | {code.cure.value} |"
        for number, code in CODES.items()
    }
    shown = GUIDE.read_text(encoding="utf-8").splitlines()
    assert {line for line in shown if line.startswith("| -")} == rows
