"""After downtime: what citizens wrote meanwhile is taken in, in order, and nothing twice."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bot.channels import ChannelUnavailable
from bot.store import Store
from bot.tables.delivery import conversation, inbox
from handlers.zalo import ZaloParts
from handlers.zalo.webhook import PATH
from tests.fakes.zalo.server import FakeZalo
from tests.fakes.zalo.trouble import Kind
from tests.handlers.zalo.samples import USER
from tests.handlers.zalo.world import application


class Outage:
    """A service whose webhook was heard, then was not, with citizens writing all the while."""

    def __init__(self, zalo: FakeZalo, parts: ZaloParts, store: Store) -> None:
        self.zalo, self.parts, self.store = zalo, parts, store

    async def heard(self, text: str, user: str = USER) -> None:
        self.zalo.say(user, text)
        await self.zalo.webhooks.settled()

    def unheard(self, text: str, user: str = USER, **more: Any) -> None:  # noqa: ANN401
        """Let a citizen write while nobody listens."""
        self.zalo.clock.ahead += timedelta(seconds=1)
        said = self.zalo.webhooks.said(user, text)
        self.zalo.chats.wrote(user, said["message"]["msg_id"], text, **more)

    async def texts(self) -> list[str]:
        statement = select(inbox.c.event).order_by(inbox.c.id)
        return [event["text"] for event in await self.store.read(
            lambda c: list(c.execute(statement).scalars())
        )]  # fmt: skip


@pytest.fixture
async def outage(zalo: FakeZalo, parts: ZaloParts, store: Store) -> Any:  # noqa: ANN401
    async with TestServer(application(parts)) as server:
        zalo.webhooks.url = str(server.make_url(PATH))
        yield Outage(zalo, parts, store)


async def test_what_was_written_meanwhile_is_taken_in_in_order(outage: Outage) -> None:
    await outage.heard("một")
    outage.unheard("hai")
    outage.unheard("ba")
    assert await outage.parts.catch_up() == 2
    assert await outage.texts() == ["một", "hai", "ba"]


async def test_nothing_is_taken_in_twice_whichever_way_it_comes(outage: Outage) -> None:
    await outage.heard("một")
    outage.zalo.webhooks.held = []
    outage.zalo.say(USER, "hai")
    assert await outage.parts.catch_up() == 1
    await outage.zalo.webhooks.release()
    assert await outage.parts.catch_up() == 0
    assert await outage.texts() == ["một", "hai"]


async def test_a_long_outage_with_many_citizens_is_paged_through(outage: Outage) -> None:
    await outage.heard("một")
    for number in range(25):
        outage.unheard("alo", user=f"citizen-{number}")
    for number in range(23):
        outage.unheard(f"câu {number}")
    assert await outage.parts.catch_up() == 48


async def test_before_the_first_message_old_chats_are_left_alone(outage: Outage) -> None:
    outage.unheard("từ năm ngoái")
    assert await outage.parts.catch_up() == 0
    outage.unheard("hôm nay")
    assert await outage.parts.catch_up() == 2


async def test_an_officers_own_reply_meanwhile_gives_them_the_word(outage: Outage) -> None:
    await outage.heard("một")
    outage.unheard("hai")
    outage.zalo.clock.ahead += timedelta(seconds=1)
    outage.zalo.chats.deliver(USER, {"text": "Chào bác, tôi trả lời đây."})
    assert await outage.parts.catch_up() == 2
    silent = select(conversation.c.silent_until)
    assert await outage.store.read(lambda c: c.execute(silent).scalar_one()) is not None


async def test_templates_of_the_service_itself_silence_nobody(outage: Outage) -> None:
    await outage.heard("một")
    outage.zalo.chats.deliver(USER, {"text": "Có câu trả lời"})
    outage.zalo.chats.history[USER][-1]["type"] = "template"
    assert await outage.parts.catch_up() == 0


async def test_pictures_come_with_their_address(outage: Outage) -> None:
    await outage.heard("một")
    outage.unheard("", type="photo", url="https://photo-1.zdn.vn/a.jpg")
    await outage.parts.catch_up()
    statement = select(inbox.c.event).order_by(inbox.c.id.desc()).limit(1)
    event = await outage.store.read(lambda c: c.execute(statement).scalar_one())
    assert (event["kind"], event["attachments"][0]["url"]) == (
        "attachment", "https://photo-1.zdn.vn/a.jpg",
    )  # fmt: skip


async def test_a_failure_leaves_the_mark_where_it_was(outage: Outage) -> None:
    await outage.heard("một")
    outage.unheard("hai")
    outage.zalo.troubles.add("conversation", Kind.STATUS, 503)
    with pytest.raises(ChannelUnavailable):
        await outage.parts.catch_up()
    assert await outage.parts.catch_up() == 1
