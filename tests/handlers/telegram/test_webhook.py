"""What the webhook answers, and what lies in the ledger afterwards."""

from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from bot.operations.metrics import Metrics
from bot.store import Store
from bot.tables.delivery import inbox
from handlers.telegram import TelegramParts
from handlers.telegram.webhook import HEADER, MAX_BODY, PATH
from tests.fakes.telegram.server import FakeTelegram
from tests.handlers.telegram.samples import USER, compact
from tests.handlers.telegram.world import application, counted


class Door:
    """The webhook with the right secret in hand."""

    def __init__(self, client: Any, telegram: FakeTelegram, store: Store) -> None:  # noqa: ANN401
        self.client, self.telegram, self.store = client, telegram, store

    async def post(self, body: Any, secret: str | None = None) -> int:  # noqa: ANN401
        shown = self.telegram.account.secret if secret is None else secret
        headers = {HEADER: shown} if shown else {}
        raw = body if isinstance(body, bytes | BytesIO) else compact(body)
        async with self.client.post(PATH, data=raw, headers=headers) as response:
            status: int = response.status
            return status

    async def kept(self) -> list[tuple[str, str]]:
        statement = select(inbox.c.event_id, inbox.c.state).order_by(inbox.c.id)
        return await self.store.read(lambda c: [tuple(row) for row in c.execute(statement)])


@pytest.fixture
async def door(parts: TelegramParts, telegram: FakeTelegram, store: Store) -> AsyncIterator[Door]:
    async with TestClient(TestServer(application(parts))) as client:
        yield Door(client, telegram, store)


def said(text: str = "alo", number: int = 1) -> dict[str, Any]:
    person = {"id": USER, "is_bot": False, "first_name": "A"}
    chat = {"id": USER, "type": "private", "first_name": "A"}
    message = {"message_id": number, "from": person, "chat": chat, "date": 1795000000, "text": text}
    return {"update_id": 900 + number, "message": message}


async def test_a_message_is_kept_before_it_is_acknowledged(door: Door) -> None:
    assert await door.post(said()) == 200
    assert await door.kept() == [(f"7012345678:m:{USER}:1", "pending")]


@pytest.mark.parametrize("secret", ["", "wrong", "sai bí mật".encode().decode("latin-1")])
async def test_without_the_secret_nothing_is_read(
    door: Door, metrics: Metrics, secret: str
) -> None:
    assert await door.post(said(), secret) == 401
    assert await door.post(b"no json", secret) == 401
    assert await door.kept() == []
    assert counted(metrics, "webhook", "telegram_wrong_secret") == 2


@pytest.mark.parametrize(
    "update",
    [
        pytest.param({"update_id": 1}, id="nothing in it"),
        pytest.param({"update_id": 1, "poll": {"id": "1"}}, id="a poll"),
        pytest.param({"update_id": 1, "something_new": {"a": 1}}, id="of tomorrow"),
        pytest.param({}, id="an empty object"),
    ],
)
async def test_an_unknown_update_is_acknowledged(door: Door, update: dict[str, Any]) -> None:
    assert await door.post(update) == 200


async def test_an_update_we_cannot_read_is_kept_for_a_later_version(
    door: Door, metrics: Metrics
) -> None:
    broken = {"update_id": 77, "message": {"message_id": "?", "new": True}}
    assert await door.post(broken) == 200
    assert await door.kept() == [("7012345678:u:77", "noted")]
    assert counted(metrics, "webhook", "telegram_unreadable") == 1


@pytest.mark.parametrize("body", [b"hello", b"[]", b'{"a":', b'{"a":"\xff"}', b""])
async def test_what_is_no_json_is_refused(door: Door, body: bytes) -> None:
    assert await door.post(body) == 400


async def test_more_than_any_update_needs_is_refused(door: Door) -> None:
    assert await door.post(BytesIO(b"x" * (MAX_BODY + 1))) == 413


async def test_without_the_database_telegram_is_asked_to_come_again(door: Door) -> None:
    await door.store.close()
    assert await door.post(said()) == 503


async def test_a_repeat_changes_nothing(door: Door, metrics: Metrics) -> None:
    assert [await door.post(said()) for _ in range(3)] == [200] * 3
    assert len(await door.kept()) == 1
    assert counted(metrics, "accepted", "repeat") == 2


async def test_the_bytes_are_kept_as_they_came(door: Door) -> None:
    await door.post(said("làm khai sinh"))
    raw = await door.store.read(lambda c: c.execute(select(inbox.c.raw)).scalar_one())
    assert raw == compact(said("làm khai sinh"))
