"""What came attached to a message of Zalo."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.messages import Attachment, AttachmentKind
from handlers.zalo.payloads import part, text
from knowledge.text import clean

_KINDS = {
    "image": AttachmentKind.IMAGE,
    "photo": AttachmentKind.IMAGE,
    "gif": AttachmentKind.IMAGE,
    "audio": AttachmentKind.AUDIO,
    "video": AttachmentKind.VIDEO,
    "file": AttachmentKind.FILE,
    "location": AttachmentKind.LOCATION,
    "link": AttachmentKind.LINK,
}
_MOST = 20
_LONGEST_URL = 2000
_LONGEST_NAME = 200


def is_contact_card(event_name: str) -> bool:
    """Whether the links of an event are contact cards, which Zalo dresses up as links."""
    return event_name == "user_send_business_card"


def attachments(message: Mapping[str, Any], *, contact: bool = False) -> tuple[Attachment, ...]:
    """Return what is attached, without what we have no word for."""
    listed = message.get("attachments")
    items = listed[:_MOST] if isinstance(listed, list) else []
    found = (_attachment(item, contact) for item in items if isinstance(item, Mapping))
    return tuple(attachment for attachment in found if attachment)


def _attachment(item: Mapping[str, Any], contact: bool) -> Attachment | None:
    kind = AttachmentKind.CONTACT if contact else _KINDS.get(text(item, "type"))
    payload = part(item, "payload")
    if kind is None:
        return None
    if kind is AttachmentKind.LOCATION:
        return Attachment(kind, _geo(part(payload, "coordinates")))
    return Attachment(kind, _url(payload), _name(payload), _size(payload.get("size")))


def _url(payload: Mapping[str, Any]) -> str:
    url = clean(text(payload, "url"))
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return ""
    return url if scheme in ("http", "https") and len(url) <= _LONGEST_URL else ""


def _name(payload: Mapping[str, Any]) -> str:
    return clean(text(payload, "name"))[:_LONGEST_NAME]


def _size(value: object) -> int:
    return (
        int(value)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 13
        else 0
    )


def _geo(coordinates: Mapping[str, Any]) -> str:
    """Return a place as a geo URI (RFC 5870), "" where there is none."""
    try:
        latitude, longitude = (float(text(coordinates, n)) for n in ("latitude", "longitude"))
    except ValueError:
        return ""
    inside = -90 <= latitude <= 90 and -180 <= longitude <= 180
    return f"geo:{latitude:.6f},{longitude:.6f}" if inside else ""
