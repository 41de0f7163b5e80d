"""The ledger as a process to be killed: HTTP in, the engine, HTTP out to a provider.

python -m tests.faults.service DATABASE PORT PROVIDER_URL
"""

import asyncio
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, web

from bot.channels import ChannelUnavailable, Delivery, OutcomeUnknown, Sent
from bot.delivery.crashpoints import CrashPoint, CrashPoints
from bot.delivery.engine import Engine, embedded_lanes
from bot.delivery.inbox import accept
from bot.delivery.sender import Sender, SenderRules
from bot.delivery.turns import Plan, Turn, Wait
from bot.delivery.worker import Worker
from bot.messages import Incoming, IncomingKind, Purpose
from bot.moments import utc_now
from bot.store import StoreUnavailable
from bot.store.sqlite import SqliteStore
from tests.bot.delivery.samples import Parrot
from tests.faults.armed import VARIABLE, crash_points

#: what may be said twice and what may not, in turn by conversation
PURPOSES = (Purpose.AUTOMATIC, Purpose.RECEIPT, Purpose.AUTOMATIC, Purpose.OFFICER)


class Mind(Parrot):
    """Answers each message by itself, with a purpose that depends on the conversation."""

    async def decide(self, turn: Turn, now: Any) -> Plan | Wait:  # noqa: ANN401
        self.turns.clear()
        self.purpose = PURPOSES[turn.conversation_id % len(PURPOSES)]
        return await super().decide(replace(turn, pending=turn.pending[:1]), now)


@dataclass
class HttpChannel:
    """Sends to the provider of the test."""

    http: ClientSession
    url: str
    name: str = "fake"

    def parse(self, raw: bytes) -> Sequence[Incoming]:  # noqa: ARG002
        return ()

    async def send(self, delivery: Delivery) -> Sent:
        parcel = {"chat": delivery.address, "text": delivery.message.text}
        try:
            async with self.http.post(self.url, json=parcel) as response:
                if response.status == 503:
                    raise ChannelUnavailable
                return Sent(((await response.json())["id"],), utc_now())
        except ClientConnectorError as error:
            raise ChannelUnavailable from error
        except (ClientError, TimeoutError) as error:
            raise OutcomeUnknown from error


def intake(store: SqliteStore, crash: CrashPoints) -> web.Application:
    async def take(request: web.Request) -> web.Response:
        raw = await request.read()
        parcel = await request.json()
        event = Incoming(
            "fake", parcel["id"], parcel["chat"], IncomingKind.TEXT, utc_now(), parcel["text"]
        )
        try:
            body = partial(accept, incoming=event, raw=raw, now=utc_now())
            accepted = await store.write(body)
        except StoreUnavailable:
            return web.Response(status=503)
        crash.reached(CrashPoint.AFTER_ACCEPT_COMMIT)
        return web.json_response({"duplicate": accepted.duplicate, "conflict": accepted.conflict})

    app = web.Application()
    app.router.add_post("/in", take)
    return app


async def serve(database: Path, port: int, provider: str, crash: CrashPoints) -> None:
    """Run until SIGTERM, or until a crash."""
    lanes = embedded_lanes(["fake"])
    store = SqliteStore(database, lanes.announce, exclusive=True)
    async with ClientSession(timeout=ClientTimeout(total=5)) as http:
        channels = {"fake": HttpChannel(http, provider)}
        rules = SenderRules(grace=timedelta(milliseconds=100))
        sender = Sender(store, channels, f"process {os.getpid()}", rules, crash=crash)
        engine = Engine(store, lanes, Worker(store, Mind(), crash=crash), sender)
        await engine.start()
        runner = web.AppRunner(intake(store, crash), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        stopped = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
        await stopped.wait()
        await runner.cleanup()
        await engine.stop()
    await store.close()


def live(database: Path, port: int, provider: str, plan: str) -> None:
    """Be one life of the service: what a child process runs."""
    asyncio.run(serve(database, port, provider, crash_points({VARIABLE: plan})))
