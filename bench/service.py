"""The real service as a process to be measured, with citizens ready to write."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection

from bench.load import post
from bot.delivery.numbering import open_conversation
from bot.moments import utc_now
from bot.store import Done
from bot.store.migrations import upgrade
from bot.store.sqlite import SqliteStore
from handlers.telegram.webhook import HEADER as SECRET_HEADER
from handlers.webchat.channel import NAME, address_of
from handlers.zalo.signature import HEADER, sign

ROOT = Path(__file__).parents[1]
#: so many citizens that nobody writes faster than people may
CITIZENS = 500
TEXT = "Dạ cho hỏi làm khai sinh cho bé cần giấy gì ạ"
_APP, _ACCOUNT, _SECRET = "1234567890123456789", "2233445566778899001", "the account's secret"
_NOBODY = "http://127.0.0.1:9"
_BOT, _HEADER_SECRET = "7012345678:a-token-of-the-benchmark-AbCdEfGh", "a-secret-of-the-benchmark"
#: added to the environment where Telegram posts to the service
TELEGRAM = {
    "DANHOI_PUBLIC_URL": "https://danhoi.example.gov.vn",
    "DANHOI_TELEGRAM_MODE": "webhook",
    "DANHOI_TELEGRAM_TOKEN": _BOT,
    "DANHOI_TELEGRAM_WEBHOOK_SECRET": _HEADER_SECRET,
    "DANHOI_TELEGRAM_API_BASE": _NOBODY,
}


def prepare(folder: Path) -> Mapping[str, str]:
    """Make a database with open conversations; return the environment to serve it in."""
    database = folder / "danhoi.db"
    upgrade(f"sqlite:///{database}")
    asyncio.run(_open_conversations(database))
    plain = {name: value for name, value in os.environ.items() if not name.startswith("DANHOI_")}
    return plain | {
        "DANHOI_DATABASE_URL": f"sqlite:///{database}",
        "DANHOI_VAR_DIR": str(folder),
        "DANHOI_PORT": "0",
        "DANHOI_LOG_LEVEL": "ERROR",
        "DANHOI_TRUSTED_PROXIES": "127.0.0.1",
        "DANHOI_ZALO_APP_ID": _APP,
        "DANHOI_ZALO_APP_SECRET": "the app's secret",
        "DANHOI_ZALO_OA_ID": _ACCOUNT,
        "DANHOI_ZALO_OA_SECRET": _SECRET,
        "DANHOI_ZALO_API_BASE": _NOBODY,
        "DANHOI_ZALO_OAUTH_BASE": _NOBODY,
    }


@asynccontextmanager
async def serving(environment: Mapping[str, str]) -> AsyncIterator[int]:
    """Run the service and yield its port."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "serve"),
        cwd=ROOT,
        env=dict(environment),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        line = (await process.stdout.readline()).decode()
        yield int(line.rsplit(":", 1)[1])
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


def to_chat(number: int) -> bytes:
    """Return the n-th message to the web chat."""
    token = _token(number % CITIZENS)
    body = {"conversation": token, "client_id": str(number), "text": TEXT}
    return _json("/api/v1/chat", body, f"X-Forwarded-For: {home(number % CITIZENS)}")


def to_zalo(number: int) -> bytes:
    """Return the n-th message as Zalo would post it."""
    timestamp = str(int(utc_now().timestamp() * 1000))
    event = {
        "event_name": "user_send_text",
        "app_id": _APP,
        "sender": {"id": f"88{number % CITIZENS:017}"},
        "recipient": {"id": _ACCOUNT},
        "message": {"text": TEXT, "msg_id": f"m{number}"},
        "timestamp": timestamp,
    }
    raw = json.dumps(event, ensure_ascii=False).encode()
    return _json("/webhooks/zalo", event, f"{HEADER}: {sign(_APP, raw, timestamp, _SECRET)}")


def to_telegram(number: int) -> bytes:
    """Return the n-th message as Telegram would post it."""
    citizen = 5_100_000_000 + number % CITIZENS
    update = {
        "update_id": 900_000_000 + number,
        "message": {
            "message_id": number + 1,
            "from": {"id": citizen, "is_bot": False, "first_name": "A"},
            "chat": {"id": citizen, "type": "private", "first_name": "A"},
            "date": int(utc_now().timestamp()),
            "text": TEXT,
        },
    }
    return _json("/webhooks/telegram", update, f"{SECRET_HEADER}: {_HEADER_SECRET}")


def _json(path: str, body: object, *headers: str) -> bytes:
    raw = json.dumps(body, ensure_ascii=False).encode()
    return post(path, raw, "Content-Type: application/json", *headers)


def home(number: int) -> str:
    """Return an address of a citizen's own: one address may write only so fast."""
    return f"10.0.{number // 250}.{number % 250 + 1}"


def _token(number: int) -> str:
    return f"benchmark-conversation-{number:09}"


async def _open_conversations(database: Path) -> None:
    store = SqliteStore(database)
    await store.write(_open_all)
    await store.close()


def _open_all(connection: Connection) -> Done[Sequence[int]]:
    now = utc_now()
    tokens = (_token(number) for number in range(CITIZENS))
    until = now + timedelta(days=1)
    return Done(
        [open_conversation(connection, NAME, address_of(token), now, until) for token in tokens]
    )
