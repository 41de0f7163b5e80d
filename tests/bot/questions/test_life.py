"""The life of a question as a table of states and acts."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.questions import life
from bot.questions.life import Act, Bucket, NotPossible, State


class QuestionsUnderWay(RuleBasedStateMachine):
    """Whatever happens, received = open + answered + withdrawn + refused."""

    def __init__(self) -> None:
        super().__init__()
        self.questions: list[State] = []

    @initialize(births=st.lists(st.sampled_from(sorted(life.BIRTHS)), min_size=1, max_size=5))
    def several_are_received(self, births: list[State]) -> None:
        self.questions = births

    @rule(which=st.integers(0, 4), act=st.sampled_from(sorted(Act)))
    def something_happens(self, which: int, act: Act) -> None:
        place = which % len(self.questions)
        state = self.questions[place]
        if act in life.possible(state):
            self.questions[place] = life.after(state, act)

    @invariant()
    def each_is_in_exactly_one_bucket(self) -> None:
        buckets = [life.bucket(state) for state in self.questions]
        assert sum(buckets.count(b) for b in Bucket) == len(self.questions)


TestConservation = QuestionsUnderWay.TestCase
TestConservation.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


@pytest.mark.parametrize("state", sorted(State))
def test_every_open_state_leads_to_an_end(state: State) -> None:
    reached, frontier = {state}, [state]
    while frontier:
        here = frontier.pop()
        onward = {life.after(here, act) for act in life.possible(here)} - reached
        reached |= onward
        frontier += onward
    assert any(life.bucket(s) is not Bucket.OPEN for s in reached)


@pytest.mark.parametrize(
    ("state", "act"),
    [
        pytest.param(State.QUEUED, Act.SEND, id="nothing is sent that nobody drafted"),
        pytest.param(State.QUEUED, Act.DRAFT, id="nobody drafts what he has not claimed"),
        pytest.param(State.CLAIMED, Act.CLAIM, id="a claimed question is not claimed again"),
        pytest.param(State.CLAIMED, Act.APPROVE, id="there is nothing to approve yet"),
        pytest.param(State.WAITING, Act.SEND, id="no answer while the citizen is asked"),
        pytest.param(State.WITHDRAWN, Act.SEND, id="no answer after withdrawal"),
        pytest.param(State.ANSWERED, Act.WITHDRAW, id="an answer cannot be undone"),
    ],
)
def test_what_does_not_fit_the_state_is_turned_away(state: State, act: Act) -> None:
    with pytest.raises(NotPossible):
        life.after(state, act)


def test_an_answer_changed_after_approval_needs_approval_again() -> None:
    assert life.after(State.APPROVED, Act.DRAFT) is State.DRAFTED
    assert life.after(State.APPROVED, Act.SUPPLEMENT) is State.DRAFTED
