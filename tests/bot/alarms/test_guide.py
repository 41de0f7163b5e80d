"""Whoever is called finds a page that says what to do."""

import re
from pathlib import Path

from bot.alarms import Name

_GUIDE = Path(__file__).parents[3] / "docs" / "alarms.md"


def test_every_alarm_has_its_section_and_no_section_is_about_nothing() -> None:
    sections = re.findall(r"^## (\S+)$", _GUIDE.read_text(), flags=re.MULTILINE)
    assert sections == [str(name) for name in sorted(Name, key=lambda n: sections.index(n))]
    assert set(sections) == set(map(str, Name))
