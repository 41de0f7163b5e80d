"""Who watches the installation and calls its operators."""

import socket

from bot.alarms.couriers import Courier, Mail, MailServer, TelegramChat
from bot.alarms.watchman import Watchman
from bot.app.parts import Parts


def build_watchman(parts: Parts) -> Watchman:
    """Return who watches the installation, with the couriers that are configured."""
    settings = parts.settings
    couriers: list[Courier] = []
    if settings.alarm_mail_to:
        server = MailServer(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_security,
            settings.smtp_user,
            settings.smtp_password.get_secret_value(),
        )
        couriers.append(Mail(server, settings.smtp_from, settings.alarm_mail_to))
    if settings.alarm_telegram_chat:
        token = settings.telegram_token.get_secret_value()
        chat = settings.alarm_telegram_chat
        couriers.append(TelegramChat(token, chat, settings.telegram_api_base))
    return Watchman(
        parts.store,
        couriers,
        parts.clock,
        parts.calendar.zone,
        settings.var_dir,
        site=settings.public_url or socket.gethostname(),
    )
