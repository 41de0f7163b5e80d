"""Operators are told once when an alarm begins, once a day, and when it is over."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import Connection, delete, insert

from bot.alarms import Name
from bot.alarms.couriers import Mail, MailServer, NotDelivered, TelegramChat
from bot.alarms.ledger import present
from bot.alarms.watchman import Watchman
from bot.store import Done, Store
from bot.tables.delivery import quarantine

START = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass
class Pager:
    """A courier that may be out of reach."""

    reachable: bool = True
    subjects: list[str] = field(default_factory=list)

    async def bring(self, subject: str, text: str) -> None:  # noqa: ARG002
        if not self.reachable:
            raise NotDelivered("test: nobody there")
        self.subjects.append(subject)


@dataclass
class Post:
    """An installation whose watchman looks when told to, with an alarm to switch on and off."""

    store: Store
    folder: Path
    pager: Pager = field(default_factory=Pager)
    now: datetime = START

    async def look(self, after: timedelta = timedelta()) -> list[str]:
        self.now += after
        watchman = Watchman(
            self.store, [self.pager], lambda: self.now, ZONE, self.folder, site="test"
        )
        before = len(self.pager.subjects)
        await watchman.look(self.now)
        return self.pager.subjects[before:]

    async def forge(self) -> None:
        row = {"channel": "zalo", "headers": {}, "raw": b"{}", "reason": "mac"}
        await self.store.write(
            lambda c: Done(
                c.execute(insert(quarantine).values(received_at=self.now, **row)).rowcount
            )
        )

    async def clear(self) -> None:
        await self.store.write(lambda c: Done(c.execute(delete(quarantine)).rowcount))


@pytest.fixture
def post(store: Store, tmp_path: Path) -> Post:
    return Post(store, tmp_path)


async def test_the_beginning_is_told_once(post: Post) -> None:
    await post.forge()
    assert await post.look() == ["Dân hỏi: ALARM quarantine"]
    assert await post.look(timedelta(hours=1)) == []


async def test_an_alarm_that_goes_on_is_told_daily(post: Post) -> None:
    await post.forge()
    await post.look()
    assert await post.look(timedelta(days=1)) == ["Dân hỏi: alarm quarantine goes on"]


async def test_the_end_is_told_once(post: Post) -> None:
    await post.forge()
    await post.look()
    await post.clear()
    assert await post.look() == ["Dân hỏi: alarm quarantine is over"]
    assert await post.look() == []


async def test_an_alarm_survives_a_mail_server_that_is_down(post: Post) -> None:
    await post.forge()
    post.pager.reachable = False
    await post.look()
    post.pager.reachable = True
    assert await post.look(timedelta(minutes=2)) == ["Dân hỏi: ALARM quarantine"]


async def test_what_nobody_heard_of_ends_silently(post: Post) -> None:
    await post.forge()
    post.pager.reachable = False
    await post.look()
    post.pager.reachable = True
    await post.clear()
    assert await post.look() == []
    assert await post.store.read(_present) == frozenset()


def _present(connection: Connection) -> frozenset[Name]:
    return present(connection)


@dataclass
class Letterbox:
    """What a mail server took."""

    letters: list[Envelope] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.letters.append(envelope)
        return "250 OK"


async def test_mail_reaches_every_operator(unused_tcp_port: int) -> None:
    letterbox = Letterbox()
    controller = Controller(letterbox, hostname="127.0.0.1", port=unused_tcp_port)
    controller.start()
    try:
        server = MailServer("127.0.0.1", unused_tcp_port, security="none")
        await Mail(server, "danhoi@example.vn", ["a@example.vn", "b@example.vn"]).bring("S", "Đĩa")
    finally:
        controller.stop()
    assert letterbox.letters[0].rcpt_tos == ["a@example.vn", "b@example.vn"]


async def test_a_mail_server_that_is_gone_is_named_without_its_password() -> None:
    server = MailServer("127.0.0.1", 1, "none", "danhoi", "geheim-secret")
    with pytest.raises(NotDelivered, match="mail: ConnectionRefusedError") as caught:
        await Mail(server, "danhoi@example.vn", ["a@example.vn"]).bring("S", "T")
    assert "geheim" not in repr(server) + str(caught.value)


@pytest.fixture
async def bot_api(unused_tcp_port: int) -> AsyncIterator[tuple[str, list[dict[str, object]]]]:
    """A bot API that takes one chat and turns others away."""
    taken: list[dict[str, object]] = []

    async def send(request: web.Request) -> web.Response:
        form: dict[str, object] = dict(await request.post())
        if form.get("chat_id") != "-100":
            return web.json_response(
                {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"},
                status=400,
            )
        taken.append(form)
        message = {"message_id": 1, "date": 0, "chat": {"id": -100, "type": "group"}}
        return web.json_response({"ok": True, "result": message})

    async def me(_request: web.Request) -> web.Response:
        user = {"id": 1, "is_bot": True, "first_name": "b", "username": "b"}
        return web.json_response({"ok": True, "result": user})

    app = web.Application()
    app.router.add_post("/bot1:T/sendMessage", send)
    app.router.add_post("/bot1:T/getMe", me)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    yield f"http://127.0.0.1:{unused_tcp_port}", taken
    await runner.cleanup()


async def test_telegram_takes_the_alarm_to_its_chat(
    bot_api: tuple[str, list[dict[str, object]]],
) -> None:
    address, taken = bot_api
    await TelegramChat("1:T", "-100", address).bring("S", "T")
    assert taken[0]["text"] == "S\n\nT"


async def test_a_chat_that_is_gone_is_not_delivered(
    bot_api: tuple[str, list[dict[str, object]]],
) -> None:
    with pytest.raises(NotDelivered, match="telegram: BadRequest"):
        await TelegramChat("1:T", "-200", bot_api[0]).bring("S", "T")
