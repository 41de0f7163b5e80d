"""One message of ours as the bodies of requests to `/v3.0/oa/message/cs`, in order."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.messages import Attachment, AttachmentKind, Button, ContactForm, Outgoing
from handlers.splitting import split
from handlers.zalo.addresses import is_anonymous, recipient
from handlers.zalo.events import BUTTON_PREFIX

MOST_BUTTONS = 5
#: stands in a body where the provider's id of an upload will be
UPLOAD = "file:"
#: Zalo allows 2,000; whether it counts characters or UTF-16 units is not known, so we count
#: the larger and keep a distance
LONGEST = 1900
_LONGEST_TITLE = 100
_NOT_DIGITS = re.compile(r"\D")


def bodies(address: str, message: Outgoing) -> list[dict[str, Any]]:
    """Return the requests that say a message; its quote leads the first, buttons end the text,
    pictures and documents follow, a form comes last.

    What is to be uploaded stands as `file:ID` where the provider's own id belongs.
    """
    if is_anonymous(address):
        message = _plain(message)
    buttons, left = _fit(message.buttons)
    links = [file for file in message.files if not _is_sendable(file)]
    lines = [message.text, *map(_as_line, left), *map(_as_link, links)]
    follows = bool(message.files or message.form) and not buttons
    texts = split("\n".join(lines), LONGEST) or ([] if follows else ["…"])
    messages: list[dict[str, Any]] = [{"text": part} for part in texts]
    if message.quotes and messages:
        messages[0]["quote_message_id"] = message.quotes
    if buttons:
        payload = {"buttons": [_button(button) for button in buttons]}
        messages[-1]["attachment"] = {"type": "template", "payload": payload}
    messages += [_file(file) for file in message.files if _is_sendable(file)]
    if message.form:
        messages.append(_form(message.form))
    return [{"recipient": recipient(address), "message": each} for each in messages]


def without_quote(body: dict[str, Any]) -> dict[str, Any]:
    """Return a request that quotes nothing."""
    message = {k: v for k, v in body["message"].items() if k != "quote_message_id"}
    return {**body, "message": message}


def _plain(message: Outgoing) -> Outgoing:
    """Return what somebody without a Zalo account can be sent: text that says it all."""
    said = "\n".join([message.text, *map(_as_line, message.buttons)])
    return replace(message, text=said, buttons=(), quotes="", files=(), form=None)


def _is_sendable(file: Attachment) -> bool:
    if file.url.startswith(UPLOAD):
        return file.kind in (AttachmentKind.IMAGE, AttachmentKind.FILE)
    return file.kind is AttachmentKind.IMAGE and file.url.startswith("https://")


def _file(file: Attachment) -> dict[str, Any]:
    """Return the message of a picture or a document; a plain image attachment is refused."""
    if file.kind is AttachmentKind.FILE:
        return {"attachment": {"type": "file", "payload": {"token": file.url}}}
    where = "attachment_id" if file.url.startswith(UPLOAD) else "url"
    element = {"media_type": "image", where: file.url}
    return _template("media", element)


def _form(form: ContactForm) -> dict[str, Any]:
    element = {"title": form.title, "subtitle": form.subtitle, "image_url": form.image_url}
    return _template("request_user_info", element)


def _template(kind: str, element: dict[str, str]) -> dict[str, Any]:
    payload = {"template_type": kind, "elements": [element]}
    return {"attachment": {"type": "template", "payload": payload}}


def _fit(buttons: Sequence[Button]) -> tuple[list[Button], list[Button]]:
    """Return the buttons that Zalo shows, and those that go into the text instead.

    What opens an address or a telephone says as much in the text; a choice can be typed.
    """
    over = len(buttons) - MOST_BUTTONS
    if over <= 0:
        return list(buttons), []
    opening = [button for button in buttons if not button.payload]
    left = opening[-over:] if opening else []
    shown = [button for button in buttons if button not in left]
    return shown[:MOST_BUTTONS], [*left, *shown[MOST_BUTTONS:]]


def _as_line(button: Button) -> str:
    return f"- {button.label}: {button.url}" if button.url else f"- {button.label}"


def _as_link(file: Attachment) -> str:
    return "- " + ": ".join(filter(None, (file.name, file.url)))


def _button(button: Button) -> dict[str, Any]:
    title = unicodedata.normalize("NFC", button.label).strip()
    if len(title) > _LONGEST_TITLE:
        title = title[: _LONGEST_TITLE - 1].rstrip() + "…"
    if button.url:
        return {"title": title, "type": "oa.open.url", "payload": {"url": button.url}}
    if button.phone:
        phone = {"phone_code": _phone_code(button.phone)}
        return {"title": title, "type": "oa.open.phone", "payload": phone}
    hidden = button.payload.startswith(BUTTON_PREFIX)
    kind = "oa.query.hide" if hidden else "oa.query.show"
    return {"title": title, "type": kind, "payload": button.payload}


def _phone_code(phone: str) -> str:
    """Return the number as Zalo dials it: abroad's way for subscribers, short numbers as such."""
    digits = _NOT_DIGITS.sub("", phone)
    return "84" + digits[1:] if digits.startswith("0") else digits
