"""The web chat as a channel: a message is sent once the page can fetch it."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from bot.channels import Delivery, Sent, UnreadablePayload
from bot.media.ledger import UPLOAD
from bot.messages import IDENTITY_PAPER, Attachment, AttachmentKind, Incoming, IncomingKind
from bot.moments import Clock
from knowledge.text import clean

NAME = "web"


class WebChat:
    """Parses what the page sends; sending is done by having written the transcript."""

    name = NAME

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def parse(self, raw: bytes) -> Sequence[Incoming]:
        """Return the one message of a stored request (see `to_raw`)."""
        try:
            record = json.loads(raw)
            at = datetime.fromisoformat(record["at"]).astimezone(UTC)
            files = tuple(
                Attachment(AttachmentKind(file["kind"]), _address(file["id"]), file["name"])
                for file in record.get("files", ())
            )
            payload, text = record.get("payload") or "", clean(record.get("text") or "")
            address = record["address"]
            event_id = f"{address[:32]}:{record['client_id']}"
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise UnreadablePayload from error
        return [
            Incoming(
                channel=NAME,
                event_id=event_id,
                address=address,
                kind=_kind(payload, files),
                at=at,
                text=text,
                payload=payload,
                attachments=files,
            )
        ]

    async def send(self, delivery: Delivery) -> Sent:  # noqa: ARG002 - the page fetches it
        """Report the message as sent: it stands in the transcript, which the page reads."""
        return Sent((), self._clock())


def address_of(conversation: str) -> str:
    """Return what is stored for a conversation's secret: whoever reads it cannot join."""
    return hashlib.sha256(conversation.encode("utf-8", "surrogatepass")).hexdigest()


def _address(file_id: str) -> str:
    """Return where a file lies; one without an id was an identity paper and lies nowhere."""
    return f"{UPLOAD}{file_id}" if file_id else IDENTITY_PAPER


def _kind(payload: str, files: Sequence[Attachment]) -> IncomingKind:
    if payload:
        return IncomingKind.BUTTON
    return IncomingKind.ATTACHMENT if files else IncomingKind.TEXT
