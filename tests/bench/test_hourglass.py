"""The gate over a simulated clock, and what is read from the order in which letters went."""

import pytest

from bench.hourglass import Letter, early_receipts, late_receipts, let_out, most_within
from bot.delivery.pace import Rate

RATE = Rate(per_minute=60, burst=5)


def test_hours_pass_at_once_and_at_the_rate() -> None:
    gone = let_out([Letter(receipt=False, ready=0.0)] * 600, RATE)
    assert max(letter.out for letter in gone) == pytest.approx(600 - RATE.burst, abs=1)
    assert most_within(60, gone) <= RATE.per_minute + RATE.burst


def test_receipts_wait_for_no_answer() -> None:
    crowd = [Letter(receipt=number % 2 == 0, ready=number / 10) for number in range(300)]
    gone = let_out(crowd, RATE)
    assert late_receipts(gone, margin=0.1) == 0
    assert early_receipts(gone) > 100


def test_an_answer_that_got_past_an_earlier_receipt_is_seen() -> None:
    receipt, answer = Letter(True, ready=0.0, out=9.0), Letter(False, ready=1.0, out=5.0)
    assert late_receipts([receipt, answer], margin=0.5) == 1
    assert late_receipts([receipt, answer], margin=5.0) == 0


def test_the_busiest_stretch_is_found_wherever_it_begins() -> None:
    letters = [Letter(False, 0.0, out) for out in (0.0, 50.0, 59.0, 61.0, 109.0, 200.0)]
    assert most_within(60, letters) == 4
