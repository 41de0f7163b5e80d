"""The reply window: what opens it, how long it lasts, when a word about progress is due."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import IncomingKind
from bot.reach.windows import (
    ENDING,
    MOST_UNANSWERED,
    RULES,
    Asked,
    Window,
    day_ends,
    is_closed,
    is_daytime,
    may_ask,
    opens,
    unanswered,
    window,
)

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 11, 6, 12, tzinfo=HANOI)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=1000)).map(
    lambda passed: datetime(2025, 1, 1, tzinfo=UTC) + passed
)
SPANS = st.timedeltas(timedelta(0), timedelta(days=20))
HISTORIES = st.lists(st.builds(Asked, MOMENTS, st.none() | MOMENTS, st.booleans()), max_size=6)


def zalo(opened_at: datetime) -> Window:
    found = window("zalo", opened_at)
    assert found is not None
    return found


@pytest.mark.parametrize("channel", ["web", "telegram"])
def test_other_channels_have_no_window(channel: str) -> None:
    assert window(channel, NOON) is None
    assert not is_closed(channel, NOON, NOON + timedelta(days=400))


def test_what_nobody_knows_is_left_to_the_channel_to_say() -> None:
    assert not is_closed("zalo", None, NOON)


@pytest.mark.parametrize(
    ("after", "free", "is_open"),
    [
        pytest.param(timedelta(0), True, True, id="at once"),
        pytest.param(timedelta(hours=48), True, True, id="to the end of 48 hours"),
        pytest.param(timedelta(hours=48, seconds=1), False, True, id="then for money"),
        pytest.param(timedelta(days=7), False, True, id="to the end of 7 days"),
        pytest.param(timedelta(days=7, seconds=1), False, False, id="then not at all"),
    ],
)
def test_zalo_lets_us_write_for_seven_days(after: timedelta, free: bool, is_open: bool) -> None:
    found = zalo(NOON)
    assert (found.is_free(NOON + after), found.is_open(NOON + after)) == (free, is_open)
    assert is_closed("zalo", NOON, NOON + after) is not is_open


@pytest.mark.parametrize("kind", list(IncomingKind))
def test_messages_calls_and_follows_open_a_window_and_nothing_else(kind: IncomingKind) -> None:
    opening = {"text", "button", "attachment", "sticker", "call", "opened"}
    assert (opens(kind, NOON, NOON) is not None) is (kind in opening)


@given(at=MOMENTS, now=MOMENTS)
def test_a_window_never_counts_from_later_than_we_know(at: datetime, now: datetime) -> None:
    opened = opens(IncomingKind.TEXT, at, now)
    assert opened == min(at, now)


@given(first=MOMENTS, later=SPANS, now=MOMENTS)
def test_a_later_interaction_never_shortens_a_window(
    first: datetime, later: timedelta, now: datetime
) -> None:
    before, after = zalo(first), zalo(first + later)
    assert not before.is_open(now) or after.is_open(now)
    assert not before.is_free(now) or after.is_free(now)


@given(opened=MOMENTS, now=MOMENTS)
def test_what_is_free_is_possible_and_what_ends_is_open(opened: datetime, now: datetime) -> None:
    found = zalo(opened)
    assert not found.is_free(now) or found.is_open(now)
    assert not found.is_ending(now) or found.is_open(now)


@given(opened=MOMENTS)
def test_every_window_has_a_daytime_before_it_ends(opened: datetime) -> None:
    end = zalo(opened).possible_until
    hours = int(ENDING / timedelta(hours=1))
    looks = [(end - timedelta(hours=n)).astimezone(HANOI) for n in range(hours)]
    assert any(may_ask(zalo(opened), (), look) for look in looks)


@given(opened=MOMENTS, now=MOMENTS, asked=HISTORIES)
def test_nobody_is_written_to_at_night_or_in_vain(
    opened: datetime, now: datetime, asked: list[Asked]
) -> None:
    local = now.astimezone(HANOI)
    if may_ask(zalo(opened), asked, local):
        assert 7 <= local.hour < 20
        assert zalo(opened).is_ending(now)
        assert unanswered(asked) < MOST_UNANSWERED


@given(opened=MOMENTS, before=HISTORIES, hours=st.integers(0, 36))
def test_one_word_a_window(opened: datetime, before: list[Asked], hours: int) -> None:
    found = zalo(opened)
    asked = [*before, Asked(found.possible_until)]
    local = (found.possible_until - timedelta(hours=hours)).astimezone(HANOI)
    assert not may_ask(found, asked, local)


@given(asked=HISTORIES)
def test_a_sign_of_life_starts_the_count_again(asked: list[Asked]) -> None:
    assert unanswered([*asked, Asked(NOON, echoed_at=NOON)]) == 0
    assert unanswered([*asked, Asked(NOON, confirmed=True)]) == 0
    assert unanswered([*asked, Asked(NOON)]) == unanswered(asked) + 1


def test_a_sign_of_life_after_the_window_is_no_answer_but_the_button_is() -> None:
    late = NOON + timedelta(days=1)
    assert unanswered([Asked(NOON, echoed_at=late)]) == 1
    assert unanswered([Asked(NOON, echoed_at=late, confirmed=True)]) == 0


@given(at=MOMENTS)
def test_the_day_ends_at_eight_in_the_evening(at: datetime) -> None:
    local = at.astimezone(HANOI)
    assert not is_daytime(day_ends(local))
    assert not is_daytime(local) or local < day_ends(local)


def test_only_zalo_is_known_to_close() -> None:
    assert set(RULES) == {"zalo"}
