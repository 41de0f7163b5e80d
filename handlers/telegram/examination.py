"""What Telegram itself says of our registration, for `doctor`."""

from collections.abc import Iterator

from telegram import WebhookInfo
from telegram.error import TelegramError

from bot.operations.doctor import Finding, Level
from bot.settings import Settings, TelegramMode
from handlers.telegram.client import Patience, TelegramApi
from handlers.telegram.failures import as_send_error
from handlers.telegram.webhook import PATH

#: more than this waits only where nobody takes updates
_MANY = 100


async def examine(settings: Settings) -> list[Finding]:
    """Ask Telegram who we are and where it posts; say what to do about it."""
    token = settings.telegram_token.get_secret_value()
    api = TelegramApi(token, settings.telegram_api_base, Patience(answer=5.0))
    try:
        me = await api.bot.get_me()
        found = await api.bot.get_webhook_info()
    except TelegramError as error:
        return [_unreachable(error)]
    finally:
        await api.close()
    return [
        Finding(Level.OK, f"Telegram knows this bot as @{me.username}"),
        *judge(settings, found),
    ]


def judge(settings: Settings, found: WebhookInfo) -> Iterator[Finding]:
    """Compare what Telegram has with what the settings want."""
    wanted = ""
    if settings.telegram_mode is TelegramMode.WEBHOOK:
        wanted = settings.public_url.rstrip("/") + PATH
    if found.url == wanted:
        yield Finding(Level.OK, f"Telegram posts to {wanted}" if wanted else "Telegram is polled")
    elif wanted:
        said = f"Telegram posts to {found.url or 'nobody'}, not to {wanted}"
        yield Finding(Level.PROBLEM, said, "start the service: it registers its address itself")
    else:
        yield Finding(
            Level.PROBLEM,
            f"Telegram posts to {found.url}, so that polling gets nothing",
            "stop the program behind that address, then restart this service",
        )
    if found.last_error_message and found.pending_update_count:
        yield Finding(
            Level.WARNING,
            f"Telegram's last post failed: {found.last_error_message}",
            "see that the address is reached from outside by https with a valid certificate",
        )
    if found.pending_update_count > _MANY:
        yield Finding(
            Level.WARNING,
            f"{found.pending_update_count} updates wait at Telegram",
            "see that the service runs and that its database takes writes",
        )


def _unreachable(error: TelegramError) -> Finding:
    return Finding(
        Level.PROBLEM,
        f"Telegram does not serve us: {as_send_error(error)}",
        "check DANHOI_TELEGRAM_TOKEN and whether this network reaches the Bot API "
        "(docs/telegram.md, Reachability)",
    )
