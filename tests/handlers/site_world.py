"""The citizen's side over a real store: web chat and pages, with words put in by hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import Connection, insert

from bot.clock.starter import calendar
from bot.delivery.inbox import find_conversation
from bot.delivery.listeners import Listeners
from bot.delivery.outbox import post
from bot.media.folder import Folder
from bot.messages import Outgoing
from bot.operations.metrics import Metrics
from bot.questions.desk import Opened
from bot.settings import Settings
from bot.store import Done, Store
from bot.store.opening import open_store
from bot.tables.knowledge import entry
from bot.wording import Wording
from handlers.access import guard
from handlers.callers import know_client
from handlers.pages.site import Pages
from handlers.routes import Route, add_routes
from handlers.web import MAX_BODY, explain_errors, refuse_encoded, secure_headers
from handlers.webchat.channel import WebChat, address_of
from handlers.webchat.files import Files
from handlers.webchat.origins import Origins
from handlers.webchat.plain import PlainChat
from handlers.webchat.reception import Reception
from handlers.webchat.stream import HEARTBEAT_SECONDS, Streams
from handlers.webchat.views import WebChatApi
from tests.bot.questions.samples import NOW, ask, prepare
from tests.handlers.shelf import SmallShelf

WORDING = Wording.load()
Client = TestClient[web.Request, web.Application]


@dataclass
class SiteWorld:
    """What a test needs to be a citizen."""

    store: Store
    listeners: Listeners
    folder: Path
    settings: Settings = field(default_factory=lambda: Settings(_env_file=None))  # type: ignore[call-arg]
    now: datetime = NOW
    heartbeat: float = HEARTBEAT_SECONDS
    free_floor: int = 0

    def __post_init__(self) -> None:
        self.streams = Streams(self.store, self.listeners, heartbeat=self.heartbeat)
        channel, origins = WebChat(self.clock), Origins("key")
        reception = Reception(self.store, channel, self.clock, Metrics(), origins)
        self.chat = WebChatApi(reception, self.streams)
        self.files = self.folder / "files"
        self.pages = Pages(self.store, SmallShelf(), WORDING, calendar(), self.clock, self.settings)

    def clock(self) -> datetime:
        return self.now

    def pass_time(self, amount: timedelta) -> None:
        self.now += amount

    def routes(self) -> list[Route]:
        plain = PlainChat(
            self.chat.reception, self.listeners, self.pages.templates, "", patience=0.2
        )
        files = Files(self.chat.reception, Folder(self.files, self.free_floor))
        return [r for s in (self.chat, files, plain, self.pages) for r in s.routes()]

    def app(self) -> web.Application:
        app = web.Application(
            client_max_size=MAX_BODY,
            middlewares=[
                know_client(self.settings.trusted_proxies),
                explain_errors(WORDING, self.pages.error_page),
                refuse_encoded,
                guard(self.store, self.clock, self.settings),
            ],
        )
        harden = secure_headers("/nhung", self.settings.embed_origins, https=False)
        app.on_response_prepare.append(harden)
        add_routes(app, self.routes())
        return app

    async def do(self, body: Any) -> Any:  # noqa: ANN401
        return await self.store.write(lambda connection: Done(body(connection)))

    async def say(self, token: str, *outgoing: Outgoing) -> None:
        """Answer as the service does: into the transcript, listeners told after the commit."""

        def write(connection: Connection) -> Done[None]:
            row = find_conversation(connection, "web", address_of(token), self.now)
            assert row is not None
            cause = f"test:{row['message_seq']}"
            return Done(None, post(connection, row["id"], cause, outgoing, self.now))

        await self.store.write(write)

    async def ask(self, text: str = "Làm thẻ bảo hiểm ở đâu?", **kind: Any) -> Opened:  # noqa: ANN401
        opened: Opened = await self.do(lambda c: ask(c, text, **kind))
        return opened


@asynccontextmanager
async def site(
    database: str,
    folder: Path,
    *,
    heartbeat: float = HEARTBEAT_SECONDS,
    **settings: Any,  # noqa: ANN401
) -> AsyncIterator[SiteWorld]:
    """Open a store that tells listeners what it committed."""
    listeners = Listeners()
    store = open_store(database, listeners.notify)
    world = SiteWorld(
        store,
        listeners,
        folder,
        Settings(_env_file=None, **settings),  # type: ignore[call-arg]
        heartbeat=heartbeat,
    )
    await world.do(prepare)
    await world.do(lambda c: _shelve(c, SmallShelf()))
    yield world
    await store.close()


def _shelve(connection: Connection, shelf: SmallShelf) -> None:
    for e in shelf.entries.values():
        row = {"id": e.id, "kind": e.kind, "code": e.code, "state": "public", "folded": ""}
        connection.execute(insert(entry), {**row, "merged": e.as_json(), "changed_at": NOW})


@asynccontextmanager
async def visiting(world: SiteWorld) -> AsyncIterator[Client]:
    """Serve the world's pages to one client."""
    async with TestClient(TestServer(world.app())) as client:
        yield client
        await world.streams.close()


async def open_chat(client: Client) -> str:
    """Open a conversation and return its token."""
    response = await client.post("/api/v1/conversations")
    token: str = (await response.json())["conversation"]
    return token


async def send(client: Client, token: str, client_id: str = "a1", **content: str) -> ClientResponse:
    """Post a message as the page does."""
    body = {"conversation": token, "client_id": client_id, **(content or {"text": "Xin chào"})}
    return await client.post("/api/v1/chat", json=body)


async def lines_of(client: Client, token: str, after: int = 0) -> list[dict[str, Any]]:
    """Fetch the transcript."""
    response = await client.get(f"/api/v1/chat/{token}", params={"after": after})
    found: list[dict[str, Any]] = (await response.json())["messages"]
    return found
