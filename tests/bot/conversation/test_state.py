"""The memory survives a round trip, and whatever else it may find in the database."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.payloads import Press, is_payload, payload, read_payload
from bot.conversation.state import Awaiting, Memory, Offer


def test_a_memory_comes_back_as_it_was() -> None:
    memory = Memory(
        greeted=True,
        awaiting=Awaiting.CHOICE,
        offers=(Offer("Đăng ký khai sinh", "#x:entry:procedure:1.001193"),),
        asked="khai sinh",
        others=("procedure:2.000528",),
        question=7,
        waiting_media=(3, 4),
        window_from=datetime(2026, 11, 6, tzinfo=UTC),
        window_count=5,
    )
    assert Memory.from_json(memory.as_json()) == memory


def test_a_fresh_memory_takes_no_room() -> None:
    assert Memory().as_json() == {}


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"awaiting": "something of tomorrow", "greeted": True},
        {"offers": [["label"]], "greeted": True},
        {"offers": "none", "question": "7", "greeted": True},
        {"greeted": True, "unknown": {"a": 1}, "window_from": "yesterday"},
    ],
)
def test_an_older_or_odd_memory_is_read_as_far_as_it_goes(record: dict[str, Any]) -> None:
    assert Memory.from_json(record) == Memory(greeted=record.get("greeted", False))


@given(st.text())
def test_reading_a_payload_never_fails(text: str) -> None:
    pressed = read_payload(text)
    assert pressed is None or is_payload(text)


@pytest.mark.parametrize(
    ("act", "argument"),
    [("entry", "procedure:1.001193"), ("none", ""), ("rate", "1"), ("status", "4K7M2P9")],
)
def test_a_payload_comes_back_as_the_press_it_was(act: str, argument: str) -> None:
    assert read_payload(payload(act, argument)) == Press(act, argument)


@pytest.mark.parametrize("act", ["entry:procedure:1.001193", "air:hidden", "withdraw:4K7M2P9"])
def test_a_payload_fits_every_channel(act: str) -> None:
    assert len(f"#x:{act}".encode()) <= 64
