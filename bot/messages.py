"""Channel-neutral records: what came in from a citizen and what goes out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class IncomingKind(StrEnum):
    """What a channel event is, in the words of the conversation."""

    TEXT = "text"
    BUTTON = "button"
    ATTACHMENT = "attachment"  # picture, voice, video, file, location, contact, link
    STICKER = "sticker"
    REACTION = "reaction"
    CALL = "call"  # a missed or finished call on the channel
    FORM = "form"  # a contact form filled in; `detail` has name, phone, address
    OPENED = "opened"  # followed the account, opened the chat: a first contact
    LEFT = "left"  # unfollowed or blocked: nothing more may be sent
    DELIVERED = "delivered"  # the provider says a message of ours arrived
    SEEN = "seen"
    ECHO = "echo"  # the provider repeats something sent in our name
    OTHER = "other"  # known to the provider, of no use to us


class AttachmentKind(StrEnum):
    """What was attached."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"
    LOCATION = "location"
    CONTACT = "contact"
    LINK = "link"


#: the address of a picture that was not kept because it shows an identity paper
IDENTITY_PAPER = "dropped:identity_paper"


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attached thing; `url` is the provider's, or `file:ID` for an upload of ours."""

    kind: AttachmentKind
    url: str = ""
    name: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event from a channel, its text already cleaned (see knowledge.text.clean).

    `event_id` is unique in the channel and is the key of idempotency. `address` is the
    citizen's identity on the channel, an opaque string. `refers_to` lists provider message
    ids that the event is about (quoted, delivered, seen, reacted to).
    """

    channel: str
    event_id: str
    address: str
    kind: IncomingKind
    at: datetime
    text: str = ""
    payload: str = ""
    attachments: tuple[Attachment, ...] = ()
    refers_to: tuple[str, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON; `at` becomes an ISO moment."""
        return {
            "channel": self.channel,
            "event_id": self.event_id,
            "address": self.address,
            "kind": self.kind.value,
            "at": self.at.isoformat(),
            "text": self.text,
            "payload": self.payload,
            "attachments": [asdict(attachment) for attachment in self.attachments],
            "refers_to": list(self.refers_to),
            "detail": dict(self.detail),
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "Incoming":
        """Rebuild what `as_json` wrote."""
        attachments = tuple(map(_attachment, record["attachments"]))
        return cls(
            **{
                **record,
                "kind": IncomingKind(record["kind"]),
                "at": datetime.fromisoformat(record["at"]),
                "attachments": attachments,
                "refers_to": tuple(record["refers_to"]),
            }
        )


@dataclass(frozen=True, slots=True)
class Button:
    """A choice under a message: a payload that comes back to us, or an address that opens."""

    label: str
    payload: str = ""
    url: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from and when somebody last looked."""

    title: str
    url: str = ""
    checked_on: date | None = None


class Purpose(StrEnum):
    """Why a message is sent; decides what happens when its sending is in doubt."""

    RECEIPT = "receipt"  # resent when in doubt: a code twice harms nobody
    AUTOMATIC = "automatic"  # resent soon after start unless the channel shows it arrived
    OFFICER = "officer"  # waits for a person when in doubt
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class ContactForm:
    """A channel's own form that asks for name, telephone and address; `image_url` is public."""

    title: str
    subtitle: str
    image_url: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to a citizen, before any channel shapes it."""

    text: str
    buttons: tuple[Button, ...] = ()
    sources: tuple[Source, ...] = ()
    purpose: Purpose = Purpose.AUTOMATIC
    role: str = "assistant"  # or "officer"
    decision: str | None = None
    codes: tuple[str, ...] = ()
    question_id: int | None = None
    quotes: str = ""  # provider message id to quote, where the channel can
    files: tuple[Attachment, ...] = ()  # pictures and documents that follow the text
    form: ContactForm | None = None  # shown last, where the channel has one
    until: datetime | None = None  # said later than this it would be wrong: then it is not sent
    version: str = ""  # the knowledge, words and weights it was decided with; "" by a person

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON; days and moments become ISO."""
        record = asdict(self)
        record["until"] = self.until and self.until.isoformat()
        for source in record["sources"]:
            source["checked_on"] = source["checked_on"] and source["checked_on"].isoformat()
        return record

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "Outgoing":
        """Rebuild what `as_json` wrote."""
        sources = tuple(
            Source(s["title"], s["url"], s["checked_on"] and date.fromisoformat(s["checked_on"]))
            for s in record["sources"]
        )
        return cls(
            **{
                **record,
                "purpose": Purpose(record["purpose"]),
                "until": _moment(record.get("until")),
                "buttons": tuple(Button(**b) for b in record["buttons"]),
                "files": tuple(map(_attachment, record.get("files", ()))),
                "form": ContactForm(**record["form"]) if record.get("form") else None,
                "codes": tuple(record["codes"]),
                "sources": sources,
            }
        )


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _attachment(written: Mapping[str, Any]) -> Attachment:
    return Attachment(**{**written, "kind": AttachmentKind(written["kind"])})
