"""The table of refusals is what the guide shows, and every row of it can be met."""

from pathlib import Path

import pytest

from bot.channels import OutcomeUnknown, RateLimited
from handlers.telegram.failures import (
    FAILURES,
    Failure,
    NoAnswer,
    Refusal,
    as_send_error,
    failure_of,
    table,
)

GUIDE = Path(__file__).parents[3] / "docs" / "telegram.md"


def test_the_guide_shows_the_table_as_it_is() -> None:
    assert table() in GUIDE.read_text(encoding="utf-8")


@pytest.mark.parametrize("row", FAILURES, ids=lambda row: f"{row.status} {row.says}")
def test_every_row_can_be_met(row: Failure) -> None:
    status = int(row.status.replace("xx", "18"))
    refusal = Refusal(status, f"Whatever: {row.says.upper()} and more")
    assert failure_of(refusal) is row
    assert isinstance(as_send_error(refusal), row.error)


def test_a_status_nobody_expects_leaves_the_outcome_open() -> None:
    assert isinstance(as_send_error(Refusal(777, "?")), OutcomeUnknown)
    assert isinstance(as_send_error(NoAnswer("x")), OutcomeUnknown)


def test_a_flood_without_a_number_waits_a_while() -> None:
    error = as_send_error(Refusal(429, "Too Many Requests"))
    assert isinstance(error, RateLimited)
    assert error.retry_after == 30


def test_a_refusal_that_quotes_the_message_is_not_repeated() -> None:
    error = as_send_error(Refusal(400, "Bad Request: can't parse 'chuyện riêng'"))
    assert "riêng" not in str(error)
