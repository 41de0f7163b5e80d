"""What a page may post, read strictly."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.errors import BotError
from knowledge.text import clean

#: code points of one message; longer ones are a document, not a question
MAX_TEXT = 4000
_MAX_PAYLOAD = 1000
_MAX_CLIENT_ID = 100
_STORABLE = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]+")


class BadRequest(BotError):
    """The request is not as the contract says."""


class TooLong(BotError):
    """The text is longer than a message may be."""


@dataclass(frozen=True, slots=True)
class Post:
    """One message of the page."""

    conversation: str
    client_id: str
    text: str = ""
    payload: str = ""

    def to_raw(
        self, address: str, at: datetime, files: tuple[Mapping[str, str], ...] = ()
    ) -> bytes:
        """Return the bytes that the inbox keeps: without the conversation's secret."""
        record: dict[str, Any] = {
            "address": address,
            "client_id": self.client_id,
            "text": self.text,
            "payload": self.payload,
            "files": list(files),
            "at": at.isoformat(),
        }
        return json.dumps(record, ensure_ascii=True).encode()


def read_post(body: bytes) -> Post:
    """Read the body of `POST /api/v1/chat`; raise BadRequest or TooLong."""
    record = _object(body)
    conversation, client_id = _word(record, "conversation", 200), _word(record, "client_id")
    text, payload = record.get("text"), record.get("payload")
    if (text is None) == (payload is None):
        raise BadRequest("send either text or payload")
    if payload is not None:
        return Post(conversation, client_id, payload=_word(record, "payload", _MAX_PAYLOAD))
    if not isinstance(text, str):
        raise BadRequest("text must be a string")
    if len(text) > MAX_TEXT:
        raise TooLong
    if not clean(text).strip():
        raise BadRequest("text must have something in it")
    return Post(conversation, client_id, text=text)


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        record = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest("the body must be JSON") from error
    if not isinstance(record, Mapping):
        raise BadRequest("the body must be a JSON object")
    return record


def _word(record: Mapping[str, Any], name: str, longest: int = _MAX_CLIENT_ID) -> str:
    value = record.get(name)
    if not isinstance(value, str):
        raise BadRequest(f"{name} must be a string")
    return read_word(value, name, longest)


def read_word(value: str, name: str = "client_id", longest: int = _MAX_CLIENT_ID) -> str:
    """Return an id or a payload as sent; raise BadRequest for one that no database could keep."""
    if not value.strip() or len(value) > longest or not _STORABLE.fullmatch(value):
        raise BadRequest(f"{name} must be a string of 1 to {longest} characters")
    return value
