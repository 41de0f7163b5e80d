"""Whatever can stand on a public page has its words, and the words are kind."""

import re
from enum import StrEnum
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import bot.wording
from bot.questions.life import State
from handlers.rendering import PAGES
from knowledge.decisions import DecisionKind
from knowledge.entries import Facet
from tests.bot.conversation.manners import BANNED
from tests.handlers.site_world import WORDING

TEMPLATES = sorted(PAGES.glob("*.html"))
GROUNDS = PAGES.parents[1] / "grounds.py"
SOURCES = [*TEMPLATES, *sorted((PAGES.parent).glob("*.py")), GROUNDS]
FAMILIES: dict[str, type[StrEnum]] = {
    "lookup.state": State,
    "procedure.facet": Facet,
    "why.decision": DecisionKind,
}
_CATALOGUE = Path(bot.wording.__file__).parent / "vi" / "pages.po"


def own_words() -> dict[str, str]:
    with _CATALOGUE.open("rb") as stream:
        return {str(m.id): str(m.string) for m in read_po(stream, locale="vi") if m.id}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_value_of_a_family_has_words(family: str) -> None:
    assert [value for value in FAMILIES[family] if f"{family}.{value}" not in WORDING] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_sentence_of_a_page_is_in_the_catalogue(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    named = re.findall(r"""\b_\(["']([\w.]+)["'](?=[,)])""", text)
    assert [message_id for message_id in named if message_id not in WORDING] == []
    visible = re.sub(r"{% block (main_class|body_class) %}.*?{% endblock %}", "", text)
    visible = re.sub(r"{[{%#].*?[}%#]}|<[^>]*>", " ", visible, flags=re.DOTALL)
    assert re.findall(r"[^\W\d_]{2,}", visible) == []


@pytest.mark.parametrize("sentence", own_words().values(), ids=list(own_words()))
def test_a_sentence_is_kind(sentence: str) -> None:
    assert BANNED.search(sentence) is None


def test_no_sentence_is_left_over() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    named = set(re.findall(r"""_\(["']([\w.]+)["']|wording\(\s*["']([\w.]+)["']""", text))
    used = {one or other for one, other in named}
    stems = set(re.findall(r"""_\(["']([\w.]+\.)["'] ~|known = f"([\w.]+\.){""", text))
    grown = tuple(one or other for one, other in stems)
    assert [i for i in own_words() if i not in used and not i.startswith(grown)] == []
