"""Settings that point at the fake, and the webhook as a small application."""

from pathlib import Path

from aiohttp import web
from pydantic import SecretStr

from bot.operations.metrics import Metrics
from bot.settings import Settings
from handlers.routes import add_routes
from handlers.zalo import ZaloParts
from tests.fakes.zalo.server import FakeZalo

KEYS = ("a-key-of-the-tests",)


def settings_for(zalo: FakeZalo, folder: Path) -> Settings:
    """Return settings as the fake explains them."""
    account = zalo.account
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=f"sqlite:///{folder / 'danhoi.db'}",
        var_dir=folder,
        zalo_app_id=account.app_id,
        zalo_app_secret=SecretStr(account.app_secret),
        zalo_oa_id=account.oa_id,
        zalo_oa_secret=SecretStr(account.oa_secret),
        zalo_refresh_token=SecretStr(account.refresh_token),
        zalo_api_base=zalo.address,
        zalo_oauth_base=zalo.address,
    )


def application(parts: ZaloParts) -> web.Application:
    """Return an application that has the webhook and nothing else."""
    app = web.Application()
    add_routes(app, parts.routes)
    return app


def counted(metrics: Metrics, name: str, label: str) -> float:
    """Return how often something was counted."""
    return (
        metrics.registry.get_sample_value("danhoi_events_total", {"name": name, "label": label})
        or 0.0
    )
