"""The clock of a process, while somebody sets the machine's."""

from datetime import timedelta

import pytest

from bot.store.clock import SteadyClock
from tests.bot.delivery.samples import NOW

SECOND = timedelta(seconds=1)


class Machine:
    """A machine's clock that can be set, and the seconds that really pass."""

    def __init__(self) -> None:
        self.seconds, self.off = 0.0, timedelta()
        self.clock = SteadyClock(lambda: NOW + self.seconds * SECOND + self.off, self.uptime)

    def uptime(self) -> float:
        return self.seconds

    def after(self, seconds: float) -> float:
        """Return what the clock shows after so many seconds, counted from the beginning."""
        self.seconds += seconds
        return (self.clock() - NOW) / SECOND


def test_it_goes_as_the_machine_does() -> None:
    machine = Machine()
    assert [machine.after(1), machine.after(0), machine.after(59)] == [1, 1, 60]


def test_it_is_set_forward_at_once() -> None:
    machine = Machine()
    machine.off = 300 * SECOND
    assert machine.after(1) == 301


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        pytest.param(0, 300, id="it does not go back"),
        pytest.param(100, 350, id="it goes at half speed"),
        pytest.param(600, 600, id="it is right again in the end"),
        pytest.param(700, 700, id="and goes on as the machine does"),
    ],
)
def test_set_back_it_waits_for_the_machine(seconds: float, shown: float) -> None:
    machine = Machine()
    machine.off = 300 * SECOND
    machine.after(0)
    machine.off = timedelta()
    assert machine.after(seconds) == shown
