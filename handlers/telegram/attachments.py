"""What came attached to a message of Telegram. Files are named by id and fetched by us."""

from collections.abc import Iterator

from telegram import Contact, Location, Message

from bot.messages import Attachment, AttachmentKind
from knowledge.text import clean

#: how the id of a file on Telegram begins where other channels have an address
SCHEME = "tg:"
_LONGEST_NAME = 200
_PHONE = frozenset("+0123456789")

_FILES = {
    "voice": AttachmentKind.AUDIO,
    "audio": AttachmentKind.AUDIO,
    "video": AttachmentKind.VIDEO,
    "video_note": AttachmentKind.VIDEO,
    "animation": AttachmentKind.VIDEO,
    "document": AttachmentKind.FILE,
}


def attachments(message: Message) -> tuple[Attachment, ...]:
    """Return what is attached, without what we have no word for."""
    return tuple(_found(message))


def _found(message: Message) -> Iterator[Attachment]:
    if message.photo:  # the same picture in several sizes, the largest last
        yield _file(AttachmentKind.IMAGE, message.photo[-1])
    if message.location:
        yield Attachment(AttachmentKind.LOCATION, _geo(message.location))
    if message.contact:
        yield _card(message.contact)
    for name, kind in _FILES.items():
        found = getattr(message, name)
        # an animation comes as a document too
        if found and not (name == "document" and message.animation):
            yield _file(kind, found)


def _file(kind: AttachmentKind, found: object) -> Attachment:
    file_id, size = getattr(found, "file_id", ""), getattr(found, "file_size", None)
    name = clean(str(getattr(found, "file_name", None) or ""))[:_LONGEST_NAME]
    return Attachment(kind, f"{SCHEME}{file_id}", name, size if isinstance(size, int) else 0)


def _geo(location: Location) -> str:
    """Return a place as a geo URI (RFC 5870)."""
    return f"geo:{float(location.latitude):.6f},{float(location.longitude):.6f}"


def _card(contact: Contact) -> Attachment:
    number = "".join(c for c in str(contact.phone_number) if c in _PHONE)[:20]
    name = " ".join(filter(None, (contact.first_name, contact.last_name)))
    return Attachment(AttachmentKind.CONTACT, f"tel:{number}", clean(name)[:_LONGEST_NAME])
