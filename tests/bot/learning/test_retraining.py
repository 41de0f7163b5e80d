"""Weights are learned from what was reviewed, in force only when nothing of the past is lost."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, update

from bot.catalogue import models
from bot.catalogue.models import NoSuchModel, Report
from bot.catalogue.repository import version
from bot.learning.evidence import known_answers, name_of, propose_answered
from bot.learning.proposals import Origin, Phrasing, accept, propose, waiting
from bot.learning.retraining import Retraining
from bot.questions.life import State
from bot.store.sqlite import SqliteStore
from bot.tables.desk import question, rating
from knowledge.model import Model, shipped
from tests.bot.learning.samples import BIRTH, DEATH, clock, furnish, write
from tests.bot.questions.samples import NOW, ask

EMPTY = Report(shipped().version, "e")


def other(weight: float) -> Model:
    table = shipped().ranking
    return Model(
        {**table, "weights": {**table["weights"], "verbatim": weight}}, shipped().judgement
    )


def teach(connection: Connection, text: str = "báo tử cho ông nội", entry: str = DEATH) -> None:
    propose(connection, Phrasing(entry, text, Origin.CONFIRMED, 1), NOW)
    row = next(row for row in waiting(connection) if row.text == text)
    accept(connection, row.id, text, "officer:1", NOW)


@pytest.fixture(scope="module")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built once for all tests here: the same knowledge has the same index."""
    return tmp_path_factory.mktemp("index")


@pytest.fixture
async def retraining(store: SqliteStore, indexes: Path) -> Retraining:
    await write(store, furnish)
    return Retraining(store, indexes, clock)


@pytest.mark.long
async def test_a_training_that_loses_nothing_is_in_force_and_not_repeated_at_night(
    store: SqliteStore, retraining: Retraining
) -> None:
    before = await store.read(version)
    await write(store, teach)
    lesson = await retraining.run("test")
    assert (lesson.state, lesson.report.lost, lesson.report.lessons) == ("active", 0, 1)
    found = await store.read(models.model_in_force)
    assert found is not None
    assert found.version == lesson.version != shipped().version
    assert await store.read(version) > before + 1  # nodes are told
    assert (await retraining.run("nightly", again=False)).state == "unchanged"


async def test_nothing_is_learned_from_nothing(retraining: Retraining) -> None:
    assert (await retraining.run("nightly", again=False)).state == "unchanged"


@pytest.mark.long
async def test_a_dry_run_keeps_nothing(store: SqliteStore, retraining: Retraining) -> None:
    await write(store, teach)
    assert (await retraining.run("test", dry_run=True)).state == "active"
    assert await store.read(models.all_models) == []


def test_a_training_that_loses_is_kept_with_its_report_and_not_used(
    connection: Connection,
) -> None:
    move = {"name": "4K7M2P9", "text": "x", "before": "ANSWERED", "after": "MISSED"}
    report = Report(shipped().version, "e", lost=1, losses=[move])
    assert models.keep(connection, other(1.0), report, "test", NOW) == "rejected"
    assert models.model_in_force(connection) is None
    (row,) = models.all_models(connection)
    assert row.report["losses"] == [move]


def test_one_returns_to_a_former_model_and_to_the_shipped_one(connection: Connection) -> None:
    first, second = other(1.0), other(2.0)
    for model in (first, second):
        models.keep(connection, model, EMPTY, "test", NOW)
    models.activate(connection, first.version, "officer:1", NOW)
    assert models.model_in_force(connection) == first
    models.activate(connection, "", "officer:1", NOW)
    assert models.model_in_force(connection) is None
    assert {row.state for row in models.all_models(connection)} == {"former"}


def test_a_rejected_model_cannot_be_put_in_force(connection: Connection) -> None:
    models.keep(connection, other(1.0), Report(shipped().version, "e", lost=1), "test", NOW)
    with pytest.raises(NoSuchModel):
        models.activate(connection, other(1.0).version, "officer:1", NOW)


def test_weights_learned_with_another_release_step_back(connection: Connection) -> None:
    models.keep(connection, other(1.0), Report("another", "e"), "test", NOW)
    assert models.model_in_force(connection) is None


@pytest.fixture
def desk(connection: Connection) -> Connection:
    furnish(connection)
    return connection


def answered(desk: Connection, **changes: object) -> int:
    opened = ask(desk, "làm khai sinh", start=State.AUTO_ANSWERED, answer="thẻ")
    decision = {"kind": "answer", "entries": [BIRTH]}
    values = {"decision": decision, "received_at": NOW - timedelta(days=5), **changes}
    desk.execute(update(question).where(question.c.id == opened.id).values(values))
    return opened.id


def test_an_answer_nobody_came_back_about_is_known_to_be_right(desk: Connection) -> None:
    answered(desk)
    (past,) = known_answers(desk, NOW)
    assert (past.text, past.entries, past.how) == ("làm khai sinh", (BIRTH,), "kept")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"received_at": NOW}, id="of today"),
        pytest.param({"sealed": True}, id="sealed"),
        pytest.param({"decision": {"kind": "choices", "entries": [BIRTH]}}, id="only offered"),
        pytest.param({"state": "queued"}, id="handed over after all"),
    ],
)
def test_a_doubtful_answer_proves_nothing(desk: Connection, changes: dict[str, object]) -> None:
    answered(desk, **changes)
    assert known_answers(desk, NOW) == []


def test_an_answer_somebody_was_unhappy_with_proves_nothing(desk: Connection) -> None:
    number = answered(desk)
    desk.execute(insert(rating).values(question_id=number, score=3, at=NOW))
    assert known_answers(desk, NOW) == []


def test_what_a_satisfied_asker_said_is_proposed_for_review(desk: Connection) -> None:
    number = answered(desk)
    assert propose_answered(desk, NOW) == 0
    desk.execute(insert(rating).values(question_id=number, score=1, at=NOW))
    assert propose_answered(desk, NOW) == 1
    assert [(row.text, row.origin, row.askers) for row in waiting(desk)] == [
        ("làm khai sinh", "answer", 1)
    ]


def test_what_was_reviewed_counts_more_than_what_was_kept(desk: Connection) -> None:
    teach(desk, "làm khai sinh", BIRTH)
    answered(desk)
    assert [past.how for past in known_answers(desk, NOW)] == ["reviewed"]


def test_evidence_has_a_name_that_changes_with_what_was_reviewed(desk: Connection) -> None:
    before = name_of(known_answers(desk, NOW))
    answered(desk)
    assert name_of(known_answers(desk, NOW)) == before
    teach(desk)
    assert name_of(known_answers(desk, NOW)) != before


@pytest.mark.parametrize("module", ["bot.learning.school", "bot.learning.retraining"])
def test_learning_needs_nothing_that_serving_lacks(module: str) -> None:
    asked = f"import sys, {module}; sys.exit('sklearn' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
