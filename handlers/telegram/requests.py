"""One message of ours as Telegram takes it, in parts, and what its buttons carry.

Plain text without entities: what stands in it is what arrives, whatever characters it holds.
"""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import MessageLimit

from bot.messages import Button, Outgoing
from handlers.splitting import split
from handlers.telegram.client import Part

#: Telegram counts UTF-16 units
LONGEST = int(MessageLimit.MAX_TEXT_LENGTH)
#: `callback_data` holds 64 bytes; what is longer goes by its digest
LONGEST_DATA = 64
_DIGEST = "#h:"
_LONGEST_TITLE = 100
#: labels that fit two in a row on a narrow screen
_HALF_A_ROW = 14
_NOT_DIGITS = re.compile(r"\D")


def parts(chat: str, message: Outgoing) -> list[Part]:
    """Return the messages that say it; its quote leads the first, buttons end the last."""
    shown = [button for button in message.buttons if button.payload or _opens(button.url)]
    left = [button for button in message.buttons if button not in shown]
    texts = split("\n".join([message.text, *filter(None, map(_as_line, left))]), LONGEST) or ["…"]
    last = len(texts) - 1
    return [
        Part(
            text,
            keyboard=_keyboard(shown) if number == last and shown else None,
            quotes=_quoted(chat, message.quotes) if number == 0 else None,
        )
        for number, text in enumerate(texts)
    ]


def data_of(payload: str) -> str:
    """Return what a button carries for a payload: itself, or its digest where it is too long."""
    if len(payload.encode()) <= LONGEST_DATA:
        return payload
    digest = hashlib.sha256(payload.encode()).digest()
    return _DIGEST + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def is_digest(data: str) -> bool:
    """Whether what a button carried stands for something longer."""
    return data.startswith(_DIGEST)


def payload_of(digest: str, offered: Iterable[str]) -> str:
    """Return which of the payloads we offered a digest stands for, "" for none."""
    return next((payload for payload in offered if data_of(payload) == digest), "")


def _quoted(chat: str, provider_id: str) -> int | None:
    """Return the number of the message to quote; only one of the same chat can be."""
    where, _, number = provider_id.rpartition(":")
    return int(number) if where == chat and number.isdigit() else None


def _keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup:
    rows: list[list[InlineKeyboardButton]] = []
    short = all(len(button.label) <= _HALF_A_ROW for button in buttons)
    for number, button in enumerate(buttons):
        if short and number % 2:
            rows[-1].append(_button(button))
        else:
            rows.append([_button(button)])
    return InlineKeyboardMarkup(rows)


def _button(button: Button) -> InlineKeyboardButton:
    title = unicodedata.normalize("NFC", button.label).strip() or "…"
    if len(title) > _LONGEST_TITLE:
        title = title[: _LONGEST_TITLE - 1].rstrip() + "…"
    if button.payload:
        return InlineKeyboardButton(title, callback_data=data_of(button.payload))
    return InlineKeyboardButton(title, url=button.url)


def _opens(url: str) -> bool:
    """Whether Telegram accepts an address under a button: none on this machine or network."""
    try:
        address = urlsplit(url)
    except ValueError:
        return False
    host = address.hostname or ""
    return address.scheme in ("http", "https") and "." in host and not host[-1].isdigit()


def _as_line(button: Button) -> str:
    """Say in the text what cannot be a button; Telegram itself makes numbers and links tappable."""
    if button.url:
        return f"- {button.label}: {button.url}"
    spoken = _NOT_DIGITS.sub("", button.label)
    known = button.phone and _NOT_DIGITS.sub("", button.phone) in spoken
    return f"- {button.label}" if known or not button.phone else f"- {button.label}: {button.phone}"
