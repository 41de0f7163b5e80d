"""How operators are told: by mail and by Telegram."""

import asyncio
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Protocol

from telegram import Bot
from telegram.error import TelegramError

from bot.errors import BotError

_PATIENCE_SECONDS = 20


class NotDelivered(BotError):
    """The operators could not be told; the service tries again with the next look."""


class Courier(Protocol):
    """Brings a text to the operators."""

    async def bring(self, subject: str, text: str) -> None:
        """Deliver, or raise NotDelivered."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in; `security` is starttls, tls or none (a server on this machine)."""

    host: str
    port: int
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """Mails to fixed addresses."""

    server: MailServer
    sender: str
    to: Sequence[str]

    async def bring(self, subject: str, text: str) -> None:
        """Deliver, or raise NotDelivered."""
        message = EmailMessage()
        message["Subject"], message["From"] = subject, self.sender
        message["To"] = ", ".join(self.to)
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="danhoi")
        message.set_content(text)
        try:
            await asyncio.to_thread(self._hand_in, message)
        except (OSError, smtplib.SMTPException) as error:
            raise NotDelivered(f"mail: {type(error).__name__}") from error

    def _hand_in(self, message: EmailMessage) -> None:
        server, trust = self.server, ssl.create_default_context()
        if server.security == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=_PATIENCE_SECONDS, context=trust
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=_PATIENCE_SECONDS)
        with connection:
            if server.security == "starttls":
                connection.starttls(context=trust)
            if server.user:
                connection.login(server.user, server.password)
            connection.send_message(message)


@dataclass(frozen=True, slots=True)
class TelegramChat:
    """Messages into one chat of the operators, by the service's own bot."""

    token: str = field(repr=False)
    chat: str
    api_base: str

    async def bring(self, subject: str, text: str) -> None:
        """Deliver, or raise NotDelivered."""
        bot = Bot(self.token, base_url=f"{self.api_base}/bot")
        try:
            async with bot:
                await bot.send_message(self.chat, f"{subject}\n\n{text}")
        except TelegramError as error:
            raise NotDelivered(f"telegram: {type(error).__name__}") from None
