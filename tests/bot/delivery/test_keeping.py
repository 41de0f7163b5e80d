"""Counters and retention."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.delivery.counters import count, counted
from bot.delivery.inbox import accept
from bot.delivery.retention import forget_raw
from bot.tables.delivery import inbox
from tests.bot.delivery.samples import NOW, rows, said

pytestmark = pytest.mark.engines


def test_events_are_counted_by_day_and_label(connection: Connection) -> None:
    for by in (1, 2):
        count(connection, "answered", "zalo", NOW, by)
    count(connection, "answered", "web", NOW)
    count(connection, "answered", "web", NOW + timedelta(days=2))
    assert counted(connection, "answered", NOW.date(), NOW.date()) == {"zalo": 3, "web": 1}


def test_raw_bytes_go_in_portions_and_keys_stay(connection: Connection) -> None:
    for n in range(5):
        accept(connection, said("x", f"e{n}"), b"raw", NOW + timedelta(days=n))
    before = NOW + timedelta(days=3)
    assert [forget_raw(connection, before, limit=2) for _ in range(3)] == [2, 1, 0]
    assert [row["raw"] for row in rows(connection, inbox)] == [None] * 3 + [b"raw"] * 2
    assert accept(connection, said("x", "e0"), b"raw", NOW).value.duplicate
