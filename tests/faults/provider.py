"""The other side of the channel: its append-only log of deliveries is the oracle."""

import asyncio
import json
import os
from collections import defaultdict
from pathlib import Path
from random import Random

from aiohttp import web


class Provider:
    """Writes each delivery down durably before it answers; at times it refuses, or delivers
    and hangs up without an answer."""

    def __init__(self, log: Path, chance: Random, trouble: float) -> None:
        self._log = log
        self._chance = chance
        self._trouble = trouble
        self._runner: web.AppRunner | None = None
        self._number = 0

    async def start(self) -> str:
        """Return the address to send to."""
        app = web.Application()
        app.router.add_post("/send", self._send)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}/send"

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    def deliveries(self) -> dict[str, list[str]]:
        """Return what each citizen saw, in order."""
        seen: defaultdict[str, list[str]] = defaultdict(list)
        for line in self._log.read_text().splitlines():
            parcel = json.loads(line)
            seen[parcel["chat"]].append(parcel["text"])
        return seen

    async def _send(self, request: web.Request) -> web.StreamResponse:
        parcel = await request.json()
        mood = self._chance.random()
        if mood < self._trouble:
            return web.Response(status=503)
        with self._log.open("a") as log:
            log.write(json.dumps(parcel) + "\n")
            log.flush()
            os.fsync(log.fileno())
        if mood < 2 * self._trouble and request.transport:
            request.transport.abort()
        await asyncio.sleep(0.002)
        self._number += 1
        return web.json_response({"id": f"p{self._number}"})
