"""The composed service with Telegram switched on: a citizen, and an officer in a group."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.app import Service
from bot.liaison import codes
from bot.liaison.codes import Bond
from bot.liaison.notices import Herald
from bot.liaison.orders import CLAIM
from bot.officers import Role, accounts
from bot.officers.accounts import NewOfficer
from bot.settings import TelegramMode
from bot.store import Done
from bot.store.sqlite import SqliteStore
from bot.tables.desk import question
from bot.wording import Wording
from tests.fakes.telegram.server import CITIZEN, GROUP, OFFICER, FakeTelegram
from tests.handlers.telegram.world import settings_for

AGENCY = "ct-xa"
HERALD = Herald("telegram", Wording.load(), "")


@pytest.fixture
async def service(
    telegram: FakeTelegram, tmp_path: Path, database_file: Path
) -> AsyncIterator[Service]:
    """Return a running service; `database_file` is where its settings look."""
    assert database_file.parent == tmp_path
    settings = settings_for(telegram, tmp_path, TelegramMode.POLLING)
    service = Service(settings.model_copy(update={"port": 0, "public_url": ""}))
    await service.start()
    yield service
    await service.stop()


async def until(holds: Callable[[], object]) -> None:
    for _ in range(1500):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came true")


def texts(telegram: FakeTelegram, chat: int) -> list[str]:
    return [line["text"] for line in telegram.chats.deliveries(chat)]


@pytest.mark.usefixtures("service")
async def test_a_citizen_at_telegram_is_welcomed_and_answered_with_buttons_and_source(
    telegram: FakeTelegram,
) -> None:
    telegram.say(CITIZEN, "/start")
    await until(lambda: texts(telegram, CITIZEN))
    telegram.say(CITIZEN, "làm khai sinh cho con cần giấy gì")
    await until(lambda: len(texts(telegram, CITIZEN)) > 1)
    answer = telegram.chats.deliveries(CITIZEN)[-1]
    assert "Nguồn:" in answer["text"]
    assert any("callback_data" in button for button in answer["buttons"])


@pytest.mark.usefixtures("service")
async def test_a_question_reaches_the_officers_group_and_is_claimed_there(
    telegram: FakeTelegram, database_file: Path
) -> None:
    other = SqliteStore(database_file)  # another connection to the same database
    group, account = await other.write(_hired)
    telegram.join(GROUP, "Nhóm cán bộ xã", OFFICER)
    telegram.say(OFFICER, f"/lienket {group}", chat=GROUP)
    telegram.say(OFFICER, f"/lienket {account}")
    await until(lambda: texts(telegram, GROUP) and texts(telegram, OFFICER))
    telegram.say(CITIZEN, "đường trước nhà ngập nước cả tuần nay không ai sửa")
    await until(lambda: "Mã câu hỏi" in "".join(texts(telegram, CITIZEN)))
    code = await other.read(lambda c: c.execute(select(question.c.code)).scalar_one())
    assert await other.write(partial(HERALD.tell, telegram.clock.now())) == 1
    under = telegram.chats.deliveries(GROUP)[0]["message_id"]
    telegram.press(OFFICER, under, f"{CLAIM}{code}", chat=GROUP)  # what it says wakes the sender
    await until(lambda: "An Trần đã nhận câu hỏi" in texts(telegram, GROUP)[-1])
    notice = texts(telegram, GROUP)[-2]
    assert (notice.startswith("Câu hỏi mới"), "ngập" in notice) == (True, False)
    assert "An Trần đã nhận" in telegram.chats.toasts[-1][0]
    await other.close()


def _hired(connection: Connection) -> Done[tuple[str, str]]:
    now = FakeTelegram(Path()).clock.now()
    new = NewOfficer("an", Role.OFFICER, AGENCY, full_name="An Trần")
    officer = accounts.add(connection, new, "no password", "test", now)
    group = codes.make(connection, Bond(AGENCY, None, officer.actor), now)
    return Done((group, codes.make(connection, Bond(None, officer.id, officer.actor), now)))
