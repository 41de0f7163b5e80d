"""Template messages: what goes out, what every refusal means, and that nothing goes out twice."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels import (
    ChannelMisconfigured,
    ChannelUnavailable,
    OutcomeUnknown,
    RecipientGone,
    SendError,
)
from bot.operations.metrics import Metrics
from bot.reach.templates import Note, Templates
from bot.settings import Settings
from bot.store import Store
from handlers.zalo import build
from tests.fakes.zalo.server import FakeZalo
from tests.fakes.zalo.trouble import Kind
from tests.handlers.zalo.samples import USER
from tests.handlers.zalo.world import KEYS

NOTE = Note(7, 3, USER, "+84901234567", "4K7 M2P 9")
NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)


async def built(zalo: FakeZalo, settings: Settings, store: Store) -> AsyncIterator[Templates]:
    zalo.clock.ahead = NOON - datetime.now(UTC)
    settings = settings.model_copy(update={"zalo_business_base": zalo.address})
    parts = await build(settings, store, KEYS, zalo.clock.now, Metrics())
    (sender,) = parts.templates
    yield sender
    await parts.close()


@pytest.fixture
async def by_phone(zalo: FakeZalo, settings: Settings, store: Store) -> AsyncIterator[Templates]:
    configured = settings.model_copy(update={"zalo_zns_template_id": "200001"})
    async for sender in built(zalo, configured, store):
        yield sender


@pytest.fixture
async def by_user(zalo: FakeZalo, settings: Settings, store: Store) -> AsyncIterator[Templates]:
    configured = settings.model_copy(update={"zalo_template_id": "300001"})
    async for sender in built(zalo, configured, store):
        yield sender


async def test_off_until_a_template_is_named(
    zalo: FakeZalo, settings: Settings, store: Store
) -> None:
    parts = await build(settings, store, KEYS, zalo.clock.now, Metrics())
    assert parts.templates == []
    await parts.close()


async def test_a_number_gets_the_code_and_nothing_else(zalo: FakeZalo, by_phone: Templates) -> None:
    assert await by_phone.tell(NOTE)
    (sent,) = zalo.templates.sent
    assert sent["phone"] == "84901234567"
    assert sent["template_data"] == {"ma_cau_hoi": "4K7 M2P 9"}
    assert sent["tracking_id"] == "danhoi-7"


async def test_a_user_id_needs_no_number_and_no_window(zalo: FakeZalo, by_user: Templates) -> None:
    assert await by_user.tell(NOTE)
    (sent,) = zalo.templates.sent
    assert set(sent) == {"to", "at", "user_id", "template_id", "template_data"}


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (-118, RecipientGone),
        (-139, RecipientGone),
        (-115, ChannelMisconfigured),
        (-137, ChannelMisconfigured),
        (-147, ChannelUnavailable),
        (-32, SendError),
    ],
)
async def test_every_refusal_has_a_meaning(
    zalo: FakeZalo, by_phone: Templates, code: int, error: type[SendError]
) -> None:
    zalo.templates.refused["84901234567"] = code
    with pytest.raises(error):
        await by_phone.tell(NOTE)
    assert zalo.templates.sent == []


async def test_at_night_it_waits_for_the_morning(zalo: FakeZalo, by_phone: Templates) -> None:
    zalo.clock.ahead += timedelta(hours=12)
    with pytest.raises(ChannelUnavailable):
        await by_phone.tell(NOTE)


async def test_a_dead_token_is_replaced_once(zalo: FakeZalo, by_phone: Templates) -> None:
    await by_phone.tell(NOTE)
    zalo.clock.ahead += timedelta(minutes=6)
    zalo.tokens.access = "revoked"
    await by_phone.tell(NOTE)
    assert zalo.tokens.calls == 2


async def test_silence_after_it_was_taken_is_unknown(zalo: FakeZalo, by_phone: Templates) -> None:
    zalo.troubles.add("template", Kind.CUT_AFTER)
    with pytest.raises(OutcomeUnknown):
        await by_phone.tell(NOTE)
    assert len(zalo.templates.sent) == 1
