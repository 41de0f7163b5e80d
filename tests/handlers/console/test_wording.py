"""Whatever can stand on a page has its words."""

import re
from enum import StrEnum
from itertools import chain
from pathlib import Path

import pytest

from bot.officers import Role
from bot.questions.life import Act, State
from bot.questions.notices import Refusal
from bot.wording import Wording
from handlers import console
from handlers.console.queue import VIEWS
from knowledge.decisions import MatterKind

WORDING = Wording.load()
TEMPLATES = sorted((Path(console.__file__).parent / "templates").glob("*.html"))
FAMILIES: dict[str, type[StrEnum]] = {
    "desk.state": State,
    "desk.kind": MatterKind,
    "desk.role": Role,
    "desk.refusal": Refusal,
    "desk.refused": Refusal,
}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_value_of_a_family_has_words(family: str) -> None:
    assert [value for value in FAMILIES[family] if f"{family}.{value}" not in WORDING] == []


def test_every_event_that_officers_see_has_words() -> None:
    assert [act for act in Act if f"desk.event.{act}" not in WORDING] == [Act.RATE]


def test_every_state_of_delivery_and_every_view_has_words() -> None:
    states = ("pending", "sending", "sent", "unknown", "waiting", "failed", "delivered", "seen")
    ids = chain((f"delivery.{s}" for s in states), (f"queue.view.{view}" for view in VIEWS))
    assert [message_id for message_id in ids if message_id not in WORDING] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_sentence_of_a_page_is_in_the_catalogue(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    named = re.findall(r"""\b_\(["']([\w.]+)["'](?=[,)])""", text)
    assert [message_id for message_id in named if message_id not in WORDING] == []
    text = re.sub(r"{% block main_class %}.*?{% endblock %}", "", text)
    visible = re.sub(r"{[{%#].*?[}%#]}|<[^>]*>", " ", text, flags=re.DOTALL)
    assert re.findall(r"\w{2,}", visible) == []
