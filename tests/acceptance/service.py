"""The whole service on a loopback port, and the people who use it through HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from bot.app import Service
from bot.moments import utc_now
from bot.officers import Role, accounts, tokens
from bot.officers.accounts import NewOfficer
from bot.officers.passwords import Hasher
from bot.officers.tokens import Scope
from bot.settings import Settings
from bot.store import Done
from bot.store.opening import open_store


@dataclass(frozen=True)
class Running:
    """A running service and where its database lies."""

    address: str
    database: str


@asynccontextmanager
async def running(database: str, folder: Path, **values: Any) -> AsyncIterator[Running]:  # noqa: ANN401
    """Run the service on a migrated database; stop it at the end of the block."""
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=database,
        var_dir=folder,
        port=0,
        **values,
    )
    service = Service(settings)
    address = await service.start()
    try:
        yield Running(address, database)
    finally:
        await service.stop()


@dataclass
class Citizen:
    """Somebody at the web chat."""

    session: ClientSession
    address: str
    conversation: str = ""
    after: int = 0
    _sent: int = field(default=0)

    async def open(self) -> "Citizen":
        """Open the page."""
        async with self.session.post(f"{self.address}/api/v1/conversations") as answer:
            self.conversation = (await answer.json())["conversation"]
        return self

    async def say(self, text: str) -> list[dict[str, Any]]:
        """Write a message and return what comes back."""
        return await self._post({"text": text})

    async def press(self, payload: str) -> list[dict[str, Any]]:
        """Press a button and return what comes back."""
        return await self._post({"payload": payload})

    async def hear(self, seconds: float = 10) -> list[dict[str, Any]]:
        """Wait for new messages of the other side."""
        async with asyncio.timeout(seconds):
            while True:
                found = await self._fetch()
                if found:
                    return found
                await asyncio.sleep(0.02)

    async def _post(self, content: dict[str, str]) -> list[dict[str, Any]]:
        self._sent += 1
        body = {"conversation": self.conversation, "client_id": str(self._sent), **content}
        async with self.session.post(f"{self.address}/api/v1/chat", json=body) as answer:
            assert answer.status == 202, await answer.text()
        return await self.hear()

    async def _fetch(self) -> list[dict[str, Any]]:
        path = f"{self.address}/api/v1/chat/{self.conversation}?after={self.after}"
        async with self.session.get(path) as answer:
            found = await answer.json()
        self.after = found["next"]
        return [message for message in found["messages"] if message["role"] != "citizen"]


@dataclass(frozen=True)
class Desk:
    """An officer who works by machine."""

    session: ClientSession
    address: str
    token: str

    async def get(self, path: str = "", **query: str) -> tuple[int, Any]:
        """Ask for a list or a question; return status and body."""
        return await self._call("GET", path, params=query)

    async def do(self, code: str, act: str, **body: Any) -> tuple[int, Any]:  # noqa: ANN401
        """Do something to a question; return status and body."""
        return await self._call("POST", f"/{code}/{act}", json=body)

    async def _call(self, method: str, path: str, **more: Any) -> tuple[int, Any]:  # noqa: ANN401
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.address}/api/v1/questions{path}"
        async with self.session.request(method, url, headers=headers, **more) as answer:
            return answer.status, await answer.json()


async def employ(
    running: Running, session: ClientSession, username: str, role: Role, agency: str | None
) -> Desk:
    """Make an officer with a token of their own."""
    store = open_store(running.database)
    hashed = await Hasher().hash("a long enough password")
    new = NewOfficer(username, role, agency, username.title(), "chuyên viên")
    now = utc_now()
    officer = await store.write(lambda c: Done(accounts.add(c, new, hashed, "test", now)))
    scope = Scope.SEGMENT if role is Role.BROADCASTER else Scope.DESK
    token = await store.write(lambda c: Done(tokens.create(c, scope, officer.id, "test", now)))
    await store.close()
    return Desk(session, running.address, token)
