"""Zalo's events in the words of the conversation, one table for all of them.

Names and shapes: https://developers.zalo.me/docs/official-account/webhook/tong-quan
docs/zalo.md shows the table; a test holds the two together.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.messages import Attachment, IncomingKind
from handlers.zalo.addresses import citizen_of
from handlers.zalo.attachments import attachments, is_contact_card
from handlers.zalo.form import filled_in
from handlers.zalo.menu import pressed
from handlers.zalo.payloads import part, text, word, words
from knowledge.text import clean

#: how a tapped button of ours begins; the tap itself comes as an ordinary text
BUTTON_PREFIX = "#x:"
_ERASE = "#x:erase"
_LONGEST_PAYLOAD = 1000
_LONGEST_KEY = 190


@dataclass(frozen=True, slots=True)
class Event:
    """One request of Zalo, read as far as it could be."""

    kind: IncomingKind
    address: str
    key: str
    text: str = ""
    payload: str = ""
    attachments: tuple[Attachment, ...] = ()
    refers_to: tuple[str, ...] = ()
    detail: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Raw:
    """What a reader of an event is given."""

    name: str
    record: Mapping[str, Any]
    oa_id: str
    digest: str

    @property
    def message(self) -> Mapping[str, Any]:
        """The message, empty where the event has none."""
        return part(self.record, "message")

    @property
    def citizen(self) -> str:
        """The citizen's address: whichever id is not the account's own."""
        return citizen_of(self.record, self.oa_id)

    @property
    def at_whom(self) -> str:
        """The citizen, or the account itself for news that concern nobody in particular."""
        return self.citizen or f"oa:{self.oa_id}"


Reader = Callable[[Raw], Event | None]


def read_event(record: Mapping[str, Any], raw: bytes, oa_id: str) -> Event | None:
    """Return what happened, None for what is knowingly ignored.

    An event nobody has heard of, or one without the parts it should have, is kept as OTHER.
    """
    name = word(record.get("event_name"))
    found = Raw(name, record, oa_id, hashlib.sha256(raw).hexdigest())
    if name.startswith(GROUPS):
        return None
    known = EVENTS.get(name)
    event = known.read(found) if known else _other(found)
    return _other(found) if event is not None and not event.address else event


def is_known(name: str) -> bool:
    """Whether the name of an event is one of Zalo's list."""
    return name in EVENTS or name.startswith(GROUPS)


def _said(raw: Raw) -> Event:
    said = clean(text(raw.message, "text"))
    is_tap = said.startswith(BUTTON_PREFIX) and len(said) <= _LONGEST_PAYLOAD
    payload = said if is_tap else pressed(said)
    return Event(
        kind=IncomingKind.BUTTON if payload else IncomingKind.TEXT,
        address=raw.citizen,
        key=_message_key(raw),
        text="" if is_tap else said,
        payload=payload,
        refers_to=words(raw.message.get("quote_msg_id")),
    )


def _attached(raw: Raw) -> Event:
    return Event(
        kind=IncomingKind.ATTACHMENT,
        address=raw.citizen,
        key=_message_key(raw),
        text=clean(text(raw.message, "text")),
        attachments=attachments(raw.message, contact=is_contact_card(raw.name)),
        refers_to=words(raw.message.get("quote_msg_id")),
    )


def _plain(kind: IncomingKind) -> Reader:
    def read(raw: Raw) -> Event:
        return Event(kind, raw.citizen, _message_key(raw))

    return read


def _reacted(raw: Raw) -> Event:
    """Read a reaction; its msg_id is the message it is about and says nothing of a repeat."""
    icon = clean(text(raw.message, "react_icon"))[:20]
    about = words(raw.message.get("msg_id"))
    key = _key(raw, raw.digest)
    return Event(
        IncomingKind.REACTION, raw.citizen, key, refers_to=about, detail={"icon": icon}
    )  # fmt: skip


def _receipt(kind: IncomingKind) -> Reader:
    def read(raw: Raw) -> Event | None:
        """Read either direction and either spelling; a receipt by phone number is no chat's."""
        if raw.message.get("tracking_id") or raw.message.get("delivery_time"):
            return None
        about = words(raw.message.get("msg_ids")) or words(raw.message.get("msg_id"))
        return Event(kind, raw.citizen, _key(raw, raw.digest), refers_to=about)

    return read


def _echo(raw: Raw) -> Event:
    return Event(
        IncomingKind.ECHO,
        raw.citizen,
        _message_key(raw),
        text=clean(text(raw.message, "text")),
        refers_to=words(raw.message.get("msg_id")),
        attachments=attachments(raw.message),
        detail={"event": raw.name},
    )


def _form(raw: Raw) -> Event:
    """Read what a citizen filled in when we asked how to reach them."""
    detail = filled_in(part(raw.record, "info"))
    return Event(IncomingKind.FORM, raw.citizen, _message_key(raw), detail=detail)


def _withdrew(raw: Raw) -> Event:
    """Take the withdrawal of one's data at Zalo for the order to erase them here."""
    return Event(IncomingKind.BUTTON, raw.citizen, _message_key(raw), payload=_ERASE)


def _other(raw: Raw) -> Event:
    """Keep what is of no use now: its bytes may be read again by a later version."""
    return Event(IncomingKind.OTHER, raw.at_whom, _message_key(raw), detail={"event": raw.name})


def _ignored(_raw: Raw) -> None:
    """News of no conversation: tags, templates, quotas, shops, groups."""


def _message_key(raw: Raw) -> str:
    """Return the key by which a repeat is known: the message's id, else when and who."""
    message_id = word(raw.message.get("msg_id"))
    if message_id:
        return _key(raw, message_id)
    timestamp = word(raw.record.get("timestamp"))
    return _key(raw, f"{timestamp}:{raw.citizen}" if timestamp and raw.citizen else raw.digest)


def _key(raw: Raw, tail: str) -> str:
    key = f"{raw.oa_id}:{raw.name}:{tail}"
    return key if len(key) <= _LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Known:
    """What becomes of an event, in code and in words."""

    read: Reader
    becomes: str


def _rows(names: str, read: Reader, becomes: str) -> dict[str, Known]:
    return dict.fromkeys(names.split(), Known(read, becomes))


_ATTACHED = "attachment; its address reaches the record"
_ECHOED = "echo: ours settles a doubt, another's silences the assistant in that chat"
_KEPT = "kept, nothing follows: "
_LEFT_OUT = "ignored: "

EVENTS: Mapping[str, Known] = {
    **_rows("user_send_text", _said, "text, or a button where it carries a payload"),
    **_rows(
        "user_send_image user_send_gif user_send_link user_send_audio user_send_video "
        "user_send_location user_send_business_card user_send_file",
        _attached, _ATTACHED,
    ),
    **_rows("user_send_sticker", _plain(IncomingKind.STICKER), "sticker"),
    **_rows("anonymous_send_text", _said, "text of somebody without a Zalo account"),
    **_rows("anonymous_send_image anonymous_send_file", _attached, _ATTACHED),
    **_rows("anonymous_send_sticker", _plain(IncomingKind.STICKER), "sticker"),
    **_rows("user_reacted_message", _reacted, "reaction"),
    **_rows("user_call_oa", _plain(IncomingKind.CALL), "call"),
    **_rows("follow", _plain(IncomingKind.OPENED), "first contact: the welcome"),
    **_rows("user_click_chatnow", _plain(IncomingKind.OPENED), "first contact: the welcome"),
    **_rows("unfollow", _plain(IncomingKind.LEFT), "nothing more is sent until the citizen writes"),
    **_rows("user_received_message", _receipt(IncomingKind.DELIVERED), "delivery state"),
    **_rows("user_seen_message", _receipt(IncomingKind.SEEN), "delivery state"),
    **_rows("user_submit_info", _form, "contact form: tied to the open question"),
    **_rows(
        "user_withdraw user_withdraw_consent", _withdrew,
        "order to erase the citizen's data: a timed case",
    ),
    **_rows("oa_send_template", _echo, "ignored: nobody writes templates by hand"),
    **_rows(
        "oa_send_text oa_send_image oa_send_gif oa_send_list oa_send_file oa_send_sticker "
        "oa_send_anonymous_text oa_send_anonymous_image "
        "oa_send_anonymous_file oa_send_anonymous_sticker",
        _echo, _ECHOED,
    ),
    **_rows(
        "permission_revoked", _other,
        "kept; sending stops until an administrator grants consent again, alert",
    ),
    **_rows("user_reply_consent", _other, _KEPT + "we ask nobody for a call"),
    **_rows("user_click_response_button", _other, _KEPT + "its shape is unknown"),
    **_rows("oa_reacted_message", _ignored, _LEFT_OUT + "an officer's reaction says nothing"),
    **_rows("oa_send_consent oa_call_user", _ignored, _LEFT_OUT + "we place no calls"),
    **_rows(
        "add_user_to_tag remove_user_from_tag remove_tag update_user_info", _ignored,
        _LEFT_OUT + "no profile of citizens is kept",
    ),
    **_rows(
        "user_feedback change_oa_daily_quota change_oa_template_tags change_template_quality "
        "change_template_quota change_template_status event_journey_time_out "
        "event_journey_acknowledged",
        _ignored, _LEFT_OUT + "news of templates, read in Zalo's own portal",
    ),
    **_rows(
        "widget_interaction_accepted widget_failed_to_sync_user_external_id shop_has_order "
        "extension_purchased",
        _ignored, _LEFT_OUT + "no widget and no shop",
    ),
    **_rows(
        "create_group user_join_group user_request_join_group add_group_admin "
        "remove_group_admin update_group_info user_out_group user_leave_group disperse_group "
        "delete_group react_request_join_group react_request_join_group_accept "
        "react_request_join_group_reject accept_request_join_group reject_request_join_group",
        _ignored, _LEFT_OUT + "groups are not served",
    ),
}  # fmt: skip

#: group chats (GMF) are not served; their names are families
GROUPS = ("user_send_group_", "oa_send_group_")


def table() -> str:
    """Return the events as the guide shows them."""
    families = {f"{prefix}*": _LEFT_OUT + "groups are not served" for prefix in GROUPS}
    becomes = {name: known.becomes for name, known in EVENTS.items()} | families
    gathered: dict[str, list[str]] = {}
    for name, words_ in becomes.items():
        gathered.setdefault(words_, []).append(f"`{name}`")
    rows = [f"| {', '.join(names)} | {words_} |" for words_, names in gathered.items()]
    return "\n".join(["| event | becomes |", "|---|---|", *rows])
