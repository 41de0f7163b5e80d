"""Weights learned near those in use, with NumPy alone."""

import numpy as np
import pytest

from knowledge.decisions import Decision, DecisionKind
from knowledge.entries import Entry, EntryKind
from knowledge.lexicon import standard
from knowledge.matcher import Matcher
from knowledge.model import Model, shipped
from knowledge.shelf import shelve
from knowledge.training.nudge import School, between, lesson, logistic, nudged
from knowledge.training.past import Outcome, Past, compare, outcome

TITLES = ("Đăng ký khai sinh", "Đăng ký khai tử", "Đăng ký kết hôn", "Đổi giấy phép lái xe")
ENTRIES = [
    Entry(f"procedure:1.00000{n}", EntryKind.PROCEDURE, f"1.00000{n}", title)
    for n, title in enumerate(TITLES)
]


@pytest.fixture(scope="module")
def school() -> School:
    return School(ENTRIES, shelve(ENTRIES, standard()), Matcher.build(ENTRIES, []).reader)


def test_the_same_questions_teach_the_same(school: School) -> None:
    lessons = [lesson("tui muốn làm giấy cho con", frozenset({"1.000000"}))]
    once, again = (nudged(shipped(), school, lessons) for _ in range(2))
    assert once == again
    assert once != shipped()


def test_no_question_at_all_leaves_ranking_as_it_is(school: School) -> None:
    learned = nudged(shipped(), school, [])
    assert np.allclose(learned.weights(), shipped().weights(), atol=1e-3)


def test_a_logistic_model_follows_what_it_is_shown() -> None:
    views = [{"one": 1.0, "x": float(n)} for n in range(-5, 6)]
    learned = logistic({"one": 0.0}, views, [v["x"] > 0 for v in views], [1.0] * 11, pull=0.01)
    assert learned["x"] > 1.0


def test_a_strong_pull_keeps_it_where_it_was() -> None:
    views = [{"one": 1.0, "x": float(n)} for n in range(-5, 6)]
    learned = logistic({"x": -0.5}, views, [v["x"] > 0 for v in views], [1.0] * 11, pull=1e6)
    assert learned["x"] == pytest.approx(-0.5, abs=0.01)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_way_between_two_models_begins_and_ends_with_them(share: float) -> None:
    table = shipped().ranking
    other = Model({**table, "weights": {**table["weights"], "verbatim": 9.0}}, shipped().judgement)
    found = between(shipped(), other, share)
    assert np.allclose(found.weights(), (other if share else shipped()).weights(), atol=1e-3)


def test_a_model_has_one_name_wherever_it_lies() -> None:
    assert Model.from_json(shipped().as_json()).version == shipped().version


def decision(kind: DecisionKind, *entries: str) -> Decision:
    return Decision(kind, entries)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(decision(DecisionKind.ANSWER, "a", "b"), Outcome.ANSWERED, id="answered"),
        pytest.param(decision(DecisionKind.ANSWER, "b", "a"), Outcome.WRONG, id="with another"),
        pytest.param(decision(DecisionKind.CHOICES, "b", "a"), Outcome.LISTED, id="listed"),
        pytest.param(decision(DecisionKind.CHOICES, *"bcdea"), Outcome.MISSED, id="not offered"),
        pytest.param(decision(DecisionKind.HANDOFF, "a"), Outcome.MISSED, id="handed over"),
    ],
)
def test_how_a_decision_serves_somebody(found: Decision, expected: Outcome) -> None:
    assert outcome(found, ["a"]) is expected


def test_a_model_that_ranks_upside_down_is_found_out() -> None:
    before = Matcher.build(ENTRIES, [])
    upside_down = {name: -weight for name, weight in shipped().ranking["weights"].items()}
    after = before.weighing(Model({"weights": upside_down}, shipped().judgement))
    asked = [Past("1", "đăng ký khai sinh", (ENTRIES[0].id,), "reviewed")]
    found = compare(before, after, asked)
    assert (found.asked, len(found.losses), len(found.gains)) == (1, 1, 0)
    assert compare(before, before, asked).losses == []
