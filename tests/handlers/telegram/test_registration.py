"""What Telegram is told at start, what `doctor` finds there, and settings that are half made."""

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bot.operations.doctor import Level
from bot.settings import Settings, TelegramMode
from bot.store import Store
from handlers.telegram import TelegramParts
from handlers.telegram.client import ALLOWED_UPDATES
from handlers.telegram.examination import examine
from handlers.telegram.webhook import PATH
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.zalo.trouble import Kind
from tests.handlers.telegram.samples import USER
from tests.handlers.telegram.world import PUBLIC, parts_for, settings_for


async def test_telegram_is_told_address_secret_kinds_and_menus(
    parts: TelegramParts, telegram: FakeTelegram
) -> None:
    await parts.registration.register()
    updates = telegram.updates
    assert (updates.url, updates.secret) == (f"{PUBLIC}{PATH}", telegram.account.secret)
    assert updates.allowed == frozenset(ALLOWED_UPDATES)
    assert "trangthai" in [c["command"] for c in telegram.api.commands["all_private_chats"]]
    assert next(c["command"] for c in telegram.api.commands["all_group_chats"]) == "lienket"
    assert parts.channel.reader.name == telegram.account.name


async def test_what_waits_at_telegram_is_not_thrown_away(
    parts: TelegramParts, telegram: FakeTelegram
) -> None:
    telegram.say(USER, "khi dịch vụ còn tắt")
    await parts.registration.register()
    assert len(telegram.updates.pending) == 1


async def test_the_service_starts_without_telegram_and_registers_later(
    parts: TelegramParts, telegram: FakeTelegram
) -> None:
    telegram.troubles.add("getme", Kind.STATUS, 502, times=2)
    parts.registration.pause = 0.01
    await parts.start()
    for _ in range(300):
        if telegram.updates.url:
            break
        await asyncio.sleep(0.01)
    assert telegram.updates.url == f"{PUBLIC}{PATH}"


async def test_until_then_readiness_says_why(parts: TelegramParts, telegram: FakeTelegram) -> None:
    telegram.api.token = "7012345678:another"
    await parts.start()
    for _ in range(300):
        if await parts.checks["telegram"]():
            break
        await asyncio.sleep(0.01)
    assert "token is not accepted" in (await parts.checks["telegram"]() or "")


async def test_doctor_shows_whether_telegram_posts_to_us(
    parts: TelegramParts, telegram: FakeTelegram, settings: Settings
) -> None:
    before = await examine(settings)
    assert [finding.level for finding in before] == [Level.OK, Level.PROBLEM]
    await parts.registration.register()
    telegram.updates.stop()
    after = await examine(settings)
    assert [finding.level for finding in after] == [Level.OK, Level.OK]


async def test_doctor_tells_of_a_webhook_that_starves_polling(
    telegram: FakeTelegram, tmp_path: Path
) -> None:
    telegram.updates.hook("https://khac.example.gov.vn/", "s", None)
    found = await examine(settings_for(telegram, tmp_path, TelegramMode.POLLING))
    assert "polling gets nothing" in found[-1].what


async def test_doctor_says_what_to_do_where_telegram_is_out_of_reach(
    telegram: FakeTelegram, settings: Settings
) -> None:
    await telegram.stop()
    (finding,) = await examine(settings)
    assert (finding.level, "DANHOI_TELEGRAM_TOKEN" in finding.advice) == (Level.PROBLEM, True)
    assert telegram.account.token not in finding.what + finding.advice


HALF = [
    pytest.param({"telegram_mode": "polling"}, "DANHOI_TELEGRAM_TOKEN", id="no token"),
    pytest.param(
        {"telegram_mode": "webhook", "telegram_token": "7:x"},
        "DANHOI_PUBLIC_URL, DANHOI_TELEGRAM_WEBHOOK_SECRET",
        id="no address and no secret",
    ),
    pytest.param(
        {"telegram_mode": "webhook", "telegram_token": "7:x", "public_url": "https://a.vn",
         "telegram_webhook_secret": "có dấu không được đâu"},
        "letters, digits",
        id="a secret Telegram does not take",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("given", "named"), HALF)
def test_half_a_configuration_refuses_to_start_and_names_the_rest(
    given: dict[str, str], named: str
) -> None:
    with pytest.raises(ValidationError, match=named):
        Settings(_env_file=None, **given)  # type: ignore[arg-type, call-arg]


def test_a_token_alone_switches_nothing_on() -> None:
    given = Settings(_env_file=None, telegram_token=SecretStr("7:x"))  # type: ignore[call-arg]
    assert not given.telegram_enabled


async def test_in_polling_mode_nothing_can_be_posted_to_us(
    telegram: FakeTelegram, store: Store, tmp_path: Path
) -> None:
    parts = parts_for(telegram, store, settings_for(telegram, tmp_path, TelegramMode.POLLING))
    assert (parts.routes, parts.poller is not None) == ((), True)
    await parts.close()
