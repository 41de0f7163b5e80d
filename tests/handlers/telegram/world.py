"""Settings that point at the fake, the channel less patient than in life, and its webhook."""

from datetime import timedelta
from pathlib import Path

from aiohttp import web
from pydantic import SecretStr

from bot.operations.metrics import Metrics
from bot.settings import Settings, TelegramMode
from bot.store import Store
from bot.wording import Wording
from handlers.routes import add_routes
from handlers.telegram import Conduct, Surroundings, TelegramParts, build
from handlers.telegram.client import Patience
from handlers.telegram.polling import PollingRules
from tests.fakes.telegram.server import FakeTelegram

PUBLIC = "https://danhoi.example.gov.vn"
WORDING = Wording.load()
HASTY = Conduct(
    patience=Patience(connect=0.4, answer=0.4, poll=0.2),
    polling=PollingRules(lease=timedelta(seconds=30), pause=0.01, idle=0.02),
    between=0.0,
)


def settings_for(
    telegram: FakeTelegram, folder: Path, mode: TelegramMode = TelegramMode.WEBHOOK
) -> Settings:
    """Return settings as the fake explains them."""
    account = telegram.account
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=f"sqlite:///{folder / 'danhoi.db'}",
        var_dir=folder,
        public_url=PUBLIC,
        telegram_mode=mode,
        telegram_token=SecretStr(account.token),
        telegram_webhook_secret=SecretStr(account.secret),
        telegram_api_base=telegram.address,
    )


def parts_for(
    telegram: FakeTelegram,
    store: Store,
    settings: Settings,
    metrics: Metrics | None = None,
    conduct: Conduct = HASTY,
) -> TelegramParts:
    """Return the channel of these settings; nothing is called yet."""
    clock, counts = telegram.clock.now, metrics or Metrics()
    around = Surroundings(clock, counts, WORDING, lambda code: code, "test", alone=False)
    return build(settings, store, around, conduct)


def application(parts: TelegramParts) -> web.Application:
    """Return an application that has the webhook and nothing else."""
    app = web.Application()
    add_routes(app, parts.routes)
    return app


def counted(metrics: Metrics, name: str, label: str) -> float:
    """Return how often something was counted."""
    value = metrics.registry.get_sample_value("danhoi_events_total", {"name": name, "label": label})
    return value or 0.0
