"""Requests to the Bot API: python-telegram-bot's `Bot` over a wire that names its failures.

The token is part of every address: no address is logged, and no error of the HTTP library is
passed on by its own words.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.error import NetworkError, TelegramError
from telegram.request import HTTPXRequest

from bot.media.sources import MediaFailure, MediaGone, MediaTooLarge, MediaUnavailable
from handlers.telegram.failures import NoAnswer, NotSent, Refusal

#: what we want to hear of; everything else never leaves Telegram
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member",
                   "message_reaction")  # fmt: skip
_MOST_UPDATES = 100
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for a connection and for an answer, and how long a poll stays open."""

    connect: float = 5.0
    answer: float = 10.0
    poll: float = 25.0


@dataclass(frozen=True, slots=True)
class Part:
    """One message as Telegram takes it."""

    text: str
    keyboard: InlineKeyboardMarkup | None = None
    quotes: int | None = None


class Wire(HTTPXRequest):
    """PTB's HTTP client; raises NotSent, NoAnswer or Refusal, and passes on good answers only."""

    async def do_request(self, *args: Any, **more: Any) -> tuple[int, bytes]:  # noqa: ANN401
        """Make a request; what comes back is 2xx and, for methods, holds a result."""
        try:
            status, payload = await super().do_request(*args, **more)
        except NetworkError as error:
            unsent = isinstance(error.__cause__, _UNSENT)
            raise (NotSent if unsent else NoAnswer)(type(error.__cause__).__name__) from None
        except httpx.InvalidURL:
            raise Refusal(404, "the address of the API is none") from None
        is_method = "/file/bot" not in str(more.get("url", ""))
        if not 200 <= status <= 299:
            raise _refusal(status, payload)
        if is_method and "result" not in _record(payload):
            # a gateway's page took nothing; half an answer may stand for a message that arrived
            raise Refusal(502, "a page") if payload.lstrip().startswith(b"<") else NoAnswer("body")
        return status, payload


class TelegramApi:
    """The calls we make. Raises TelegramError: NotSent, NoAnswer or Refusal."""

    def __init__(self, token: str, base: str, patience: Patience) -> None:
        root = base.rstrip("/")
        self._root = f"{root}/bot{token}"
        self._files = f"{root}/file/bot{token}"
        self._patience = patience
        self._wire = Wire(
            connection_pool_size=64,
            connect_timeout=patience.connect,
            read_timeout=patience.answer,
            write_timeout=patience.answer,
            pool_timeout=patience.connect,
        )
        self._polling = Wire(connection_pool_size=1, connect_timeout=patience.connect)
        self.bot = Bot(token, f"{root}/bot", f"{root}/file/bot", self._wire, self._polling)
        #: the part of a token that is no secret
        self.bot_id = token.partition(":")[0]

    async def close(self) -> None:
        """Close every connection."""
        await self._wire.shutdown()
        await self._polling.shutdown()

    async def say(self, chat: str, part: Part) -> Message:
        """Send one message."""
        quoted = part.quotes and ReplyParameters(part.quotes, allow_sending_without_reply=True)
        return await self.bot.send_message(
            int(chat),
            part.text,
            reply_markup=part.keyboard,
            reply_parameters=quoted or None,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )

    async def updates(self, offset: int | None) -> Sequence[Mapping[str, Any]]:
        """Return what came since; waits for something to come. Raw, so that none can stop us."""
        asked = {
            "timeout": f"{self._patience.poll:g}",
            "limit": str(_MOST_UPDATES),
            "allowed_updates": json.dumps(ALLOWED_UPDATES),
        }
        if offset is not None:
            asked["offset"] = str(offset)
        address = str(httpx.URL(f"{self._root}/getUpdates", params=asked))
        patience = self._patience.poll + self._patience.answer
        found = _record(await self._polling.retrieve(address, read_timeout=patience))["result"]
        return [update for update in found if isinstance(update, Mapping)]

    async def download(self, file_id: str, most: int) -> bytes:
        """Return a file of at most so many bytes; raise one of the MediaFailure family."""
        try:
            found = await self.bot.get_file(file_id)
            path = (found.file_path or "").removeprefix(f"{self._files}/")
            if (found.file_size or 0) > most:
                raise MediaTooLarge
            if not path or "://" in path:
                raise MediaGone
            content = await self._wire.retrieve(f"{self._files}/{path}")
        except TelegramError as error:
            raise _no_file(error) from None
        if len(content) > most:
            raise MediaTooLarge
        return content


def _no_file(error: TelegramError) -> MediaFailure:
    """Return what a failure means; a path lasts an hour and an answer may come later."""
    said = error.description.lower() if isinstance(error, Refusal) else ""
    if "too big" in said:
        return MediaTooLarge()
    return MediaGone() if "invalid file_id" in said else MediaUnavailable()


def _record(payload: bytes) -> Mapping[str, Any]:
    """Return the object an answer holds, an empty one for anything else."""
    try:
        record = json.loads(payload.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, Mapping) else {}


def _refusal(status: int, payload: bytes) -> Refusal:
    record = _record(payload)
    parameters = record.get("parameters")
    known = parameters if isinstance(parameters, Mapping) else {}
    wait, moved = known.get("retry_after"), known.get("migrate_to_chat_id")
    return Refusal(
        status,
        str(record.get("description", ""))[:200],
        float(wait) if isinstance(wait, int | float) else None,
        moved if isinstance(moved, int) else None,
    )
