"""Updates of Telegram in the words of the conversation.

Citizens write in private chats only. In groups the bot hears commands and presses meant for the
officers' desk, and nothing else; channels and other bots are not listened to.
https://core.telegram.org/bots/api#update
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telegram import (
    CallbackQuery,
    ChatMemberUpdated,
    MaybeInaccessibleMessage,
    Message,
    MessageReactionUpdated,
    ReactionTypeEmoji,
    Update,
)

from bot.conversation.payloads import payload
from bot.liaison.orders import CLAIM, Doing
from bot.messages import Attachment, Incoming, IncomingKind
from bot.questions.codes import parse_code
from handlers.telegram.attachments import attachments
from handlers.telegram.commands import LINK, START, UNLINK, Command, in_words, read_command
from knowledge.text import clean

NAME = "telegram"
_LONGEST_PAYLOAD = 64
_LONGEST_LABEL = 200
#: what a link to the bot may carry: `tt_1_001193` for a procedure, `lk_CODE` to link an account
_PROCEDURE = re.compile(r"tt_([0-9_]{3,40})")
_SOURCE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_AWAY = ("left", "kicked")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the updates of one bot; `name` is its username in lower case, "" while unknown."""

    bot_id: str
    now: datetime
    name: str = ""

    def read(self, record: Mapping[str, Any]) -> Incoming | None:
        """Return what happened, None for what is knowingly ignored.

        What cannot be read, or is new to us, is kept as OTHER for a later version.
        """
        try:
            update = Update.de_json(dict(record), None)
            if update is None:
                return None
            return self._read(update)
        except (TypeError, KeyError, ValueError, AttributeError, OverflowError):
            return self._unreadable(record)

    def _read(self, update: Update) -> Incoming | None:
        if update.edited_message:
            return self._edited(update.edited_message)
        if update.message:
            return self._message(update.message)
        if update.callback_query:
            return self._pressed(update.callback_query)
        if update.my_chat_member:
            return self._membership(update.my_chat_member, update.update_id)
        if update.message_reaction:
            return self._reaction(update.message_reaction, update.update_id)
        return None

    def _message(self, message: Message) -> Incoming | None:
        if message.from_user is None or (message.from_user.is_bot and not _is_anonymous(message)):
            return None
        command = read_command(message.text or "")
        if message.chat.type != "private":
            return self._in_group(message, command)
        if command is not None:
            return self._commanded(message, command)
        return self._said(message)

    def _said(self, message: Message) -> Incoming | None:
        attached = attachments(message)
        words = clean(message.text or message.caption or "")
        kind = _kind(message, words, attached)
        if kind is None:
            return None
        return self._incoming(message, kind, words, attachments=attached)

    def _commanded(self, message: Message, command: Command) -> Incoming | None:
        if command.name == START:
            return self._started(message, command.rest)
        if command.name in (LINK, UNLINK):
            return self._order(message, Doing(command.name), command.rest)
        words = in_words(command) or clean(message.text or "")
        return self._incoming(message, IncomingKind.TEXT, clean(words))

    def _started(self, message: Message, rest: str) -> Incoming | None:
        """Open the chat, or what the link was about that led here.

        No link ties an account to an officer: one presses it without knowing what it holds.
        """
        if code := parse_code(rest):
            return self._incoming(message, IncomingKind.TEXT, code)
        if found := _PROCEDURE.fullmatch(rest):
            pressed = payload("entry", f"procedure:{found[1].replace('_', '.')}")
            return self._incoming(message, IncomingKind.BUTTON, "", pressed=pressed)
        source = rest if _SOURCE.fullmatch(rest) else ""
        return self._incoming(message, IncomingKind.OPENED, "", source=source)

    def _in_group(self, message: Message, command: Command | None) -> Incoming | None:
        if message.migrate_to_chat_id:
            return self._order(message, Doing.MOVED, str(message.migrate_to_chat_id))
        if command is None or (command.bot and self.name and command.bot != self.name):
            return None
        if command.name in (LINK, UNLINK):
            return self._order(message, Doing(command.name), command.rest)
        return None

    def _edited(self, message: Message) -> Incoming | None:
        """Read a correction; a place that moves while it is shared is none."""
        user = message.from_user
        if message.chat.type != "private" or user is None or user.is_bot or message.location:
            return None
        words = clean(message.text or message.caption or "")
        when = message.edit_date.timestamp() if message.edit_date else 0
        key = f"e:{_id(message)}:{when:.0f}:{hashlib.sha256(words.encode()).hexdigest()[:16]}"
        if not words:
            return None
        return self._record(
            key, message.chat.id, IncomingKind.TEXT, message.edit_date or message.date,
            text=words, detail={"corrects": _id(message)},
        )  # fmt: skip

    def _pressed(self, query: CallbackQuery) -> Incoming | None:
        """Read a press; the words that stood on the button come with its message."""
        message = query.message
        data = query.data or ""
        if message is None or len(data.encode()) > _LONGEST_PAYLOAD:
            return None
        if data.startswith(CLAIM):
            detail = self._ordered(message.chat.id, query.from_user.id, Doing.CLAIM)
            detail |= {"argument": data.removeprefix(CLAIM), **_under(query, message)}
            return self._record(
                f"c:{query.id}", message.chat.id, IncomingKind.OTHER, self.now, detail=detail
            )
        if message.chat.type != "private":
            return None
        label = _label(message, data) if isinstance(message, Message) else ""
        return self._record(
            f"c:{query.id}", message.chat.id, IncomingKind.BUTTON, self.now,
            text=label, payload=clean(data),
            detail=_under(query, message),
        )  # fmt: skip

    def _membership(self, change: ChatMemberUpdated, number: int) -> Incoming | None:
        """Notice where we are no longer welcome; coming back is noticed by what is then said."""
        if change.new_chat_member.status not in _AWAY:
            return None
        key = f"u:{number}"
        if change.chat.type == "private":
            return self._record(key, change.chat.id, IncomingKind.LEFT, change.date)
        detail = self._ordered(change.chat.id, change.from_user.id, Doing.REMOVED)
        return self._record(key, change.chat.id, IncomingKind.OTHER, change.date, detail=detail)

    def _reaction(self, change: MessageReactionUpdated, number: int) -> Incoming | None:
        if change.chat.type != "private" or not change.new_reaction:
            return None
        first = change.new_reaction[0]
        icon = clean(first.emoji) if isinstance(first, ReactionTypeEmoji) else ""
        return self._record(
            f"u:{number}", change.chat.id, IncomingKind.REACTION, change.date,
            refers_to=(f"{change.chat.id}:{change.message_id}",), detail={"icon": icon},
        )  # fmt: skip

    def _incoming(
        self,
        message: Message,
        kind: IncomingKind,
        words: str,
        attachments: tuple[Attachment, ...] = (),
        pressed: str = "",
        source: str = "",
    ) -> Incoming:
        detail = {"id": _id(message), "album": message.media_group_id or "", "source": source}
        return self._record(
            f"m:{_id(message)}",
            message.chat.id,
            kind,
            message.date,
            text=words,
            payload=pressed,
            attachments=attachments,
            refers_to=_quoted(message),
            detail={name: value for name, value in detail.items() if value},
        )

    def _order(self, message: Message, doing: Doing, argument: str) -> Incoming:
        assert message.from_user is not None  # noqa: S101 - looked at before
        detail = self._ordered(message.chat.id, message.from_user.id, doing)
        if message.chat.type != "private":
            detail["group"] = clean(message.chat.title or "")[:120] or "?"
        detail["argument"] = clean(argument)[:40]
        key = f"m:{_id(message)}"
        return self._record(key, message.chat.id, IncomingKind.OTHER, message.date, detail=detail)

    def _ordered(self, chat: int, sender: int, doing: Doing) -> dict[str, Any]:
        return {"order": str(doing), "chat": str(chat), "sender": str(sender)}

    def _unreadable(self, record: Mapping[str, Any]) -> Incoming:
        number = record.get("update_id")
        digest = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:32]
        key = f"u:{number}" if isinstance(number, int) else f"x:{digest}"
        return Incoming(
            NAME, f"{self.bot_id}:{key}", f"bot:{self.bot_id}", IncomingKind.OTHER, self.now,
            detail={"event": "unreadable"},
        )  # fmt: skip

    def _record(
        self,
        key: str,
        chat: int,
        kind: IncomingKind,
        at: datetime,
        **more: Any,  # noqa: ANN401
    ) -> Incoming:
        event_id = f"{self.bot_id}:{key}"
        return Incoming(NAME, event_id, str(int(chat)), kind, min(at, self.now), **more)


def _kind(message: Message, words: str, attached: tuple[Attachment, ...]) -> IncomingKind | None:
    """Return what a message is; news of the chat itself (a pinned message, say) is none."""
    if attached:
        return IncomingKind.ATTACHMENT
    if words:
        return IncomingKind.TEXT
    odd = (message.sticker, message.dice, message.game, message.poll, message.story)
    return IncomingKind.STICKER if any(odd) else None


def _is_anonymous(message: Message) -> bool:
    """Whether an administrator of a group writes in its name: Telegram shows a bot as sender."""
    return message.sender_chat is not None and message.sender_chat.id == message.chat.id


def _quoted(message: Message) -> tuple[str, ...]:
    quoted = message.reply_to_message
    return (_id(quoted),) if quoted else ()


def _id(message: Message) -> str:
    """Return the id of a message on the channel: Telegram numbers them by chat."""
    return f"{int(message.chat.id)}:{int(message.message_id)}"


def _under(query: CallbackQuery, message: MaybeInaccessibleMessage) -> dict[str, Any]:
    """Return what answering a press needs: its id, the message, the links that stay under it."""
    found: dict[str, Any] = {"press": query.id, "under": message.message_id}
    markup = message.reply_markup if isinstance(message, Message) else None
    rows = markup.inline_keyboard if markup else ()
    links = [[button.text, button.url] for row in rows for button in row if button.url]
    return {**found, "links": links} if links else found


def _label(message: Message, data: str) -> str:
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    labels = (button.text for row in rows for button in row if button.callback_data == data)
    return clean(next(labels, ""))[:_LONGEST_LABEL]
