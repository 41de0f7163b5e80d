"""A console and its machine API over a real store, with officers who can log in."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher
from sqlalchemy import Connection

from bot.clock.starter import calendar
from bot.office.letters import DeskLetters
from bot.office.office import Deed, Office
from bot.officers import Role, accounts, sessions, tokens
from bot.officers.accounts import NewOfficer, Officer
from bot.officers.passwords import Hasher
from bot.officers.tokens import Scope
from bot.questions import desk
from bot.questions.desk import Opened
from bot.questions.life import Act
from bot.settings import Settings
from bot.store import Done, Store
from bot.wording import Wording
from handlers.access import COOKIE, guard
from handlers.api.questions import QuestionsApi
from handlers.console import Console
from handlers.console.knowledge import KnowledgeDesk
from handlers.routes import Route, add_routes
from handlers.web import explain_errors, refuse_encoded, secure_headers
from tests.bot.questions.samples import NOW, ask, prepare
from tests.handlers.shelf import SmallShelf

WORDING = Wording.load()
PASSWORD = "đường dài mới biết ngựa hay"


@dataclass
class DeskWorld:
    """What a test needs to act as officers of any kind."""

    store: Store
    settings: Settings
    now: datetime = NOW
    hasher: Hasher = field(
        default_factory=lambda: Hasher(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    )

    def clock(self) -> datetime:
        return self.now

    def pass_time(self, amount: timedelta) -> None:
        self.now += amount

    def routes(self) -> list[Route]:
        console = Console(self.store, WORDING, self.clock, calendar(), self.hasher, self.settings)
        knowledge = KnowledgeDesk(
            self.store, SmallShelf(), WORDING, self.clock, calendar(), self.settings
        )
        machine = QuestionsApi(self.store, self.clock, WORDING)
        return [*console.routes(), *knowledge.routes(), *machine.routes()]

    def app(self, routes: list[Route] | None = None) -> web.Application:
        middlewares: list[Any] = [
            explain_errors(WORDING),
            refuse_encoded,
            guard(self.store, self.clock, self.settings),
        ]
        app = web.Application(middlewares=middlewares)
        app.on_response_prepare.append(secure_headers("/nhung", (), https=False))
        add_routes(app, self.routes() if routes is None else routes)
        return app

    async def do(self, body: Callable[[Connection], Any]) -> Any:  # noqa: ANN401
        return await self.store.write(lambda connection: Done(body(connection)))

    async def hire(self, username: str, role: Role, agency: str | None = None) -> Officer:
        hashed = await self.hasher.hash(PASSWORD)
        new = NewOfficer(
            username, role, agency, full_name=username.title(), must_change_password=False
        )
        made: Officer = await self.do(lambda c: accounts.add(c, new, hashed, "test", self.now))
        return made

    async def log_in(self, officer: Officer) -> tuple[str, str]:
        """Return cookie and form token of a session made behind the door."""
        secret = await self.do(lambda c: sessions.start(c, officer.id, self.now))
        session = await self.store.read(lambda c: sessions.find(c, secret, self.now))
        assert session is not None
        return secret, session.csrf

    async def token(self, officer: Officer | None, scope: Scope = Scope.DESK) -> dict[str, str]:
        """Return the headers of a machine that acts for an officer."""
        officer_id = officer.id if officer else None
        token = await self.do(lambda c: tokens.create(c, scope, officer_id, "test", self.now))
        return {"Authorization": f"Bearer {token}"}

    async def ask(self, text: str = "Làm thẻ bảo hiểm ở đâu?", **kind: Any) -> Opened:  # noqa: ANN401
        opened: Opened = await self.do(lambda c: ask(c, text, **kind))
        return opened


class Browser:
    """Follows forms as a browser would: cookie, form token, Origin."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self.client = client
        self.csrf = ""

    async def open(self, path: str, status: int = 200) -> str:
        response = await self.client.get(path)
        return await self._read(response, status)

    async def send(self, path: str, form: dict[str, str] | None = None, status: int = 200) -> str:
        origin = str(self.client.make_url("/")).rstrip("/")
        filled = {"csrf": self.csrf, **(form or {})}
        response = await self.client.post(path, data=filled, headers={"Origin": origin})
        return await self._read(response, status)

    async def _read(self, response: ClientResponse, status: int) -> str:
        text = await response.text()
        assert response.status == status, text
        if found := re.search(r'name="csrf" value="([^"]+)"', text):
            self.csrf = found[1]
        return text


@asynccontextmanager
async def visiting(world: DeskWorld) -> AsyncIterator[Browser]:
    async with TestClient(TestServer(world.app())) as client:
        yield Browser(client)


async def enter(world: DeskWorld, browser: Browser, officer: Officer) -> None:
    """Let a browser in without typing a password."""
    secret, csrf = await world.log_in(officer)
    browser.client.session.cookie_jar.update_cookies({COOKIE: secret})
    browser.csrf = csrf


async def furnish(store: Store) -> DeskWorld:
    world = DeskWorld(store, Settings(_env_file=None))  # type: ignore[call-arg]
    await world.do(prepare)
    return world


async def published(world: DeskWorld, text: str, answer: str = "Ở cơ quan BHXH.") -> Opened:
    """Return an answered question whose asker agreed that it goes on air."""
    opened = await world.ask(text)
    officer = await world.hire("traloi", Role.OFFICER, "ct-so-y-te")
    office = Office(world.store, world.clock, DeskLetters(WORDING))
    for deed in (Deed(Act.CLAIM), Deed(Act.DRAFT, text=answer), Deed(Act.SEND)):
        await office.perform(officer, opened.code, deed)
    given = desk.Consent("air", granted=True, wording="consent.air")
    await world.do(lambda c: desk.record_consent(c, opened.id, given, world.now))
    return opened
