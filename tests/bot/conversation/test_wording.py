"""How the service speaks: every sentence of the catalogue (and, in manners, every reply)."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import bot.wording
from tests.bot.conversation.manners import BANNED

#: parts of a message, or messages that begin with a title or a number
NO_OPENING = re.compile(
    r"(button|facet|topic|card|state|agency)\.(?!unknown)|answer\.|receipt\.(code|crowded|due|closed|link|window)"
    r"|status\.(one|due|late)|emergency|hotline\.unknown|media\.voice_text|aside\.own_file|form\.|erase\.order|genuine\.domain|merger\.(?!told|which)|choices\.side_unknown|commune\.new_name|card\."
)
CATALOGUE = Path(bot.wording.__file__).parent / "vi" / "citizen.po"


def sentences() -> list[tuple[str, str]]:
    with CATALOGUE.open("rb") as stream:
        catalogue = read_po(stream, locale="vi")
    return [(str(m.id), str(m.string)) for m in catalogue if m.id]


@pytest.mark.parametrize(("name", "sentence"), sentences(), ids=lambda value: str(value)[:30])
def test_a_sentence_is_polite(name: str, sentence: str) -> None:
    assert BANNED.search(sentence) is None
    assert NO_OPENING.match(name) or sentence.startswith("Dạ,")


def test_button_labels_fit_a_phone() -> None:
    labels = [text for name, text in sentences() if name.startswith("button.")]
    assert [label for label in labels if len(label) > 35 and not label.startswith("Dạ")] == []
