"""How fast one caller may write."""

from hypothesis import given
from hypothesis import strategies as st

from handlers.webchat.limits import Allowance, RateLimit


def test_a_burst_passes_then_one_waits_for_the_next_token() -> None:
    limit = RateLimit(Allowance(burst=3, per_second=0.5))
    assert [limit.wait("a", 0.0) for _ in range(4)] == [0, 0, 0, 2]
    assert limit.wait("b", 0.0) == 0
    assert limit.wait("a", 2.0) == 0


def test_what_costs_more_waits_longer() -> None:
    limit = RateLimit(Allowance(burst=10, per_second=2.0))
    assert [limit.wait("a", 0.0, 10), limit.wait("a", 0.0, 8), limit.wait("a", 4.0, 8)] == [0, 4, 0]


@given(st.lists(st.floats(0, 5), min_size=1, max_size=200))
def test_no_pattern_of_writing_gets_more_than_burst_and_rate(pauses: list[float]) -> None:
    limit, now, passed = RateLimit(Allowance(burst=5, per_second=1.0)), 0.0, 0
    for pause in pauses:
        now += pause
        passed += limit.wait("a", now) == 0
    assert passed <= 5 + now + 1e-6


@given(st.floats(0, 100), st.integers(1, 20))
def test_waiting_as_told_is_enough(now: float, writes: int) -> None:
    limit = RateLimit(Allowance(burst=2, per_second=0.3))
    waits = [limit.wait("a", now) for _ in range(writes)]
    assert limit.wait("a", now + waits[-1]) == 0 or waits[-1] == 0
