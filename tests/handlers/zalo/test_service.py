"""The composed service with Zalo switched on, from a citizen's word to the answer."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.app import Service
from handlers.zalo.webhook import PATH
from tests.fakes.zalo.server import FakeZalo
from tests.fakes.zalo.trouble import Kind
from tests.handlers.zalo.samples import USER
from tests.handlers.zalo.waiting import until
from tests.handlers.zalo.world import settings_for


@pytest.fixture
async def service(zalo: FakeZalo, tmp_path: Path, database_file: Path) -> AsyncIterator[str]:
    """Return the address of a running service; `database_file` is where its settings look."""
    assert database_file.parent == tmp_path
    service = Service(settings_for(zalo, tmp_path).model_copy(update={"port": 0}))
    address = await service.start()
    zalo.webhooks.url = address + PATH
    yield address
    await service.stop()


async def test_a_citizen_at_zalo_is_answered_with_buttons_and_source(
    service: str, zalo: FakeZalo
) -> None:
    zalo.troubles.add("send", Kind.CUT_AFTER)
    zalo.say(USER, "làm khai sinh cho con cần giấy gì")
    await until(lambda: bool(zalo.chats.deliveries(USER)))
    answer = zalo.chats.deliveries(USER)[0]
    assert "Nguồn:" in answer["text"]
    assert {button["type"] for button in answer["buttons"]} >= {"oa.query.hide"}
    async with ClientSession() as http, http.get(f"{service}/metrics") as metrics:
        assert 'name="accepted"' in await metrics.text()
