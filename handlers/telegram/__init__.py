"""Telegram: the channel, the two ways in, what Telegram must know of us, and officers' groups."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from bot.delivery.crashpoints import CrashPoints, NoCrash
from bot.delivery.gate import Limits
from bot.delivery.pace import Rate
from bot.delivery.schedule import Periodic, every
from bot.liaison.hearing import Desk
from bot.liaison.notices import Herald
from bot.moments import Clock
from bot.operations.metrics import Metrics
from bot.settings import Settings, TelegramMode
from bot.store import Store
from bot.wording import Wording
from handlers.routes import Route
from handlers.telegram.acknowledging import Courtesies
from handlers.telegram.channel import Telegram, TelegramReader
from handlers.telegram.client import Patience, TelegramApi
from handlers.telegram.polling import Poller, PollingRules
from handlers.telegram.reception import Reception
from handlers.telegram.registration import Registration
from handlers.telegram.updates import NAME
from handlers.telegram.webhook import PATH, TelegramWebhook

__all__ = ["LIMITS", "NAME", "Conduct", "Surroundings", "TelegramParts", "build"]

#: seconds between two messages: Telegram allows one a second to a person, 20 a minute to a group
_TO_A_PERSON, _TO_A_GROUP = 1.0, 3.0
_LOOK_EVERY = timedelta(minutes=1)
_PAGE = "/can-bo/cau-hoi/"


def spacing(address: str) -> float:
    """Return how many seconds lie between two messages to a chat; groups have negative ids."""
    return _TO_A_GROUP if address.startswith("-") else _TO_A_PERSON


#: never more than 30 in any second: 24 let go in it, and 6 that were under way before
LIMITS = Limits(at_once=6, rate=Rate(per_minute=1440), spacing=spacing)


@dataclass(frozen=True, slots=True)
class Conduct:
    """What trials change: patience, pauses, and where the process dies."""

    patience: Patience = field(default_factory=Patience)
    polling: PollingRules = field(default_factory=PollingRules)
    between: float = _TO_A_PERSON
    crash: CrashPoints = field(default_factory=NoCrash)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What of the service the channel needs beside settings and store.

    `owner` names this process; `alone` says that no other works on the same database.
    """

    clock: Clock
    metrics: Metrics
    wording: Wording
    agency_name: Callable[[str], str]
    owner: str
    alone: bool


@dataclass(frozen=True, slots=True)
class TelegramParts:
    """What the composition root takes from this channel; start it once the engine can decide."""

    channel: Telegram
    reception: Reception
    registration: Registration
    poller: Poller | None
    herald: Herald
    routes: Sequence[Route]
    periodics: Sequence[Periodic]
    start: Callable[[], Awaitable[None]]
    close: Callable[[], Awaitable[None]]
    #: for /readyz: why nothing comes in, None when well
    checks: Mapping[str, Callable[[], Awaitable[str | None]]]


_AS_USUAL = Conduct()


def build(
    settings: Settings, store: Store, around: Surroundings, conduct: Conduct = _AS_USUAL
) -> TelegramParts:
    """Put the channel together; nothing is called before `start`."""
    token = settings.telegram_token.get_secret_value()
    secret = settings.telegram_webhook_secret.get_secret_value()
    public = settings.public_url.rstrip("/")
    is_webhook = settings.telegram_mode is TelegramMode.WEBHOOK
    api = TelegramApi(token, settings.telegram_api_base, conduct.patience)
    reader = TelegramReader(api.bot_id, around.clock)
    channel = Telegram(reader, api, store, around.clock, conduct.between)
    desk = Desk(around.wording, around.agency_name)
    reception = Reception(store, reader, desk, around.clock, around.metrics)
    courtesies = Courtesies(api)
    registration = Registration(
        api, reader, around.wording, f"thành phố {settings.province}",
        webhook=f"{public}{PATH}" if is_webhook else "", secret=secret,
    )  # fmt: skip
    herald = Herald(NAME, around.wording, f"{public}{_PAGE}" if public else "")
    webhook = TelegramWebhook(reception, courtesies, secret, around.metrics, conduct.crash)
    poller = None
    if not is_webhook:
        poller = Poller(
            api, reception, courtesies, store, around.owner, around.clock,
            conduct.polling, around.alone, conduct.crash,
        )  # fmt: skip
    return TelegramParts(
        channel=channel,
        reception=reception,
        registration=registration,
        poller=poller,
        herald=herald,
        routes=webhook.routes() if is_webhook else (),
        periodics=(_look(herald, store, around.clock),),
        start=partial(_start, registration, poller),
        close=partial(_close, registration, poller, courtesies, api),
        checks={
            "telegram": registration.check,
            **({"telegram_polling": poller.check} if poller else {}),
        },
    )


def _look(herald: Herald, store: Store, clock: Clock) -> Periodic:
    async def look(_slot: datetime) -> None:
        await store.write(partial(herald.tell, clock()))

    return Periodic("liaison", every(_LOOK_EVERY), look, catch_up=False)


async def _start(registration: Registration, poller: Poller | None) -> None:
    await registration.start()
    if poller is not None:
        await poller.start()


async def _close(
    registration: Registration, poller: Poller | None, courtesies: Courtesies, api: TelegramApi
) -> None:
    """Stop asking before the store is closed."""
    await registration.stop()
    if poller is not None:
        await poller.stop()
    await courtesies.close()
    await api.close()
