"""A past decision is explained: what was recorded, what it was made with, what is decided now."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, update

from bot.catalogue.acts import put_layer, set_state
from bot.catalogue.repository import public_entries
from bot.learning import hindsight
from bot.learning.proposals import Origin, Phrasing, accept, propose, waiting
from bot.tables.desk import question
from knowledge.layers import Layer
from knowledge.matcher import Matcher
from knowledge.versions import Version, of_entries, of_lexicon
from tests.bot.learning.samples import BIRTH, DEATH, furnish
from tests.bot.questions.samples import NOW, ask

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def desk(connection: Connection) -> Connection:
    furnish(connection)
    return connection


def decided(desk: Connection, text: str = "làm giấy khai sinh ở đâu") -> str:
    """Ask, and record what the matcher of the moment decides."""
    opened = ask(desk, text)
    decision = Matcher.build(public_entries(desk), []).decide(text)
    kept: dict[str, Any] = {"kind": decision.kind.value, "entries": list(decision.entries)}
    kept |= {"version": decision.version, "confidence": decision.confidence}
    desk.execute(update(question).where(question.c.id == opened.id).values(decision=kept))
    return opened.code


def replayed(desk: Connection, code: str) -> tuple[dict[str, Any], Any, tuple[str, ...]]:
    about = hindsight.recorded(desk, code)
    assert about is not None
    material = hindsight.material(desk, about)
    today = Matcher.build(public_entries(desk), [])
    again = hindsight.again(material, about.text, today)
    return dict(about.decision), again.decision, material.exact


def change_everything(desk: Connection) -> None:
    """Rename what was found, take up a phrasing, retire an entry, bring in a new one."""
    said = {"title": "Thủ tục cấp thẻ", "source": "thử"}
    put_layer(desk, BIRTH, Layer.LOCAL, said, LATER, "test")
    propose(desk, Phrasing(DEATH, "làm giấy khai sinh ở đâu", Origin.CONFIRMED, 1), LATER)
    (row,) = waiting(desk)
    accept(desk, row.id, row.text, "officer:1", LATER)
    set_state(desk, "procedure:1.000894", "retired", LATER, "test")
    put_layer(desk, "procedure:1.999999", Layer.LOCAL, said, LATER, "test")


def test_a_decision_is_replayed_as_it_was_whatever_changed_since(desk: Connection) -> None:
    code = decided(desk)
    change_everything(desk)
    then, again, exact = replayed(desk, code)
    assert exact == ("index", "lexicon", "model")
    assert list(again.entries) == then["entries"]
    assert (again.confidence, again.version) == (then["confidence"], then["version"])


def test_what_changed_since_is_named(desk: Connection) -> None:
    about = hindsight.recorded(desk, decided(desk))
    change_everything(desk)
    assert about is not None
    now = Version(of_entries(public_entries(desk)), of_lexicon(), about.version.model)
    assert about.differs(str(now)) == ("index",)


def test_a_decision_of_an_unknown_version_says_so(desk: Connection) -> None:
    opened = ask(desk)
    about = hindsight.recorded(desk, opened.code)
    assert about is not None
    assert about.differs("k1-l2-m3") == ("index", "lexicon", "model")
    assert "model" not in hindsight.material(desk, about).exact


@pytest.mark.parametrize("name", ["", "x", "9999999999999999999999", "9", "4K7M2P9"])
def test_a_question_that_is_not_there_is_none(desk: Connection, name: str) -> None:
    assert hindsight.recorded(desk, name) is None


def test_a_question_is_found_by_its_number_too(desk: Connection) -> None:
    opened = ask(desk)
    about = hindsight.recorded(desk, str(opened.id))
    assert about is not None
    assert about.code == opened.code
