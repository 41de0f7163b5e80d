"""Zalo Official Account: the channel, its webhook and its tokens, put together."""

import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import ClientSession, ClientTimeout, TCPConnector

from bot.channel_tokens.keeper import TokenKeeper
from bot.channel_tokens.vault import Vault
from bot.channels import Channel
from bot.delivery.crashpoints import CrashPoints, NoCrash
from bot.delivery.schedule import Periodic, every
from bot.moments import Clock
from bot.operations.metrics import Metrics
from bot.operations.secrets import cipher
from bot.reach.templates import Templates
from bot.settings import Settings
from bot.store import Store
from handlers.routes import Route
from handlers.zalo.catching_up import CatchUp
from handlers.zalo.channel import NAME, Zalo, ZaloReader
from handlers.zalo.client import Tokens, ZaloApi
from handlers.zalo.oauth import ZaloOAuth
from handlers.zalo.press import ZaloPress
from handlers.zalo.reception import Reception
from handlers.zalo.signature import Seal
from handlers.zalo.templates import templates_of
from handlers.zalo.turns import Turns, pace_of
from handlers.zalo.uploads import Uploads, files_in
from handlers.zalo.webhook import ZaloWebhook

__all__ = ["NAME", "Conduct", "ZaloParts", "build", "pace_of"]

#: shorter than the sender's patience, so that a silent Zalo is told apart from a hanging us
PATIENCE = ClientTimeout(total=10, connect=5)
_LOOK_AHEAD = timedelta(minutes=15)
_CATCH_UP = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Conduct:
    """What trials change: how long Zalo may keep silent, and where the process dies."""

    patience: ClientTimeout = PATIENCE
    crash: CrashPoints = field(default_factory=NoCrash)


_AS_USUAL = Conduct()


@dataclass(frozen=True, slots=True)
class ZaloParts:
    """What the composition root takes from this channel."""

    channel: Channel
    routes: Sequence[Route]
    periodics: Sequence[Periodic]
    close: Callable[[], Awaitable[None]]
    #: for /readyz: why nothing can be sent, None when well
    check: Callable[[], Awaitable[str | None]]
    #: takes in what the webhook missed and returns how many events that was
    catch_up: Callable[[], Awaitable[int]]
    #: makes articles and sends them to followers
    press: ZaloPress
    #: what reaches citizens outside any window, nothing until it is configured
    templates: Sequence[Templates] = ()


async def build(
    settings: Settings,
    store: Store,
    keys: Sequence[str],
    clock: Clock,
    metrics: Metrics,
    conduct: Conduct = _AS_USUAL,
) -> ZaloParts:
    """Put the channel together; at the very first start the refresh token is stored.

    `close` lets a renewal of the token end: call it before the store is closed.
    """
    http = ClientSession(
        timeout=conduct.patience,
        connector=TCPConnector(limit=64, keepalive_timeout=10),
    )
    keeper = keeper_of(settings, store, keys, clock, metrics, http)
    reader = ZaloReader(settings.zalo_oa_id, clock)
    turns = Turns(store, NAME, pace_of(settings), clock)
    tokens = Tokens(keeper.current, keeper.renewed)
    api = ZaloApi(http, settings.zalo_api_base, tokens, turns)
    uploads = Uploads(api, files_in(settings.var_dir / "files"), clock)
    channel = Zalo(reader, api, store, clock, uploads)
    reception = Reception(store, reader, clock, metrics)
    webhook = ZaloWebhook(reception, seal_of(settings), store, clock, metrics, crash=conduct.crash)

    async def close() -> None:
        await keeper.close()
        await http.close()

    await _plant(keeper, settings.zalo_refresh_token.get_secret_value(), http)
    catching = CatchUp(api, reception, store, settings.zalo_app_id, clock)
    templates = templates_of(settings, lambda base: ZaloApi(http, base, tokens))
    return ZaloParts(
        channel,
        webhook.routes(),
        _periodics(keeper, catching),
        close,
        keeper.problem,
        catching.run,
        ZaloPress(api),
        templates,
    )


def _periodics(keeper: TokenKeeper, catching: CatchUp) -> Sequence[Periodic]:
    return (
        Periodic("zalo_token", every(_LOOK_AHEAD), keeper.look_ahead, catch_up=False),
        # after a pause of the service the slot missed last is run at once
        Periodic("zalo_catch_up", every(_CATCH_UP), catching.on_time, catch_up=False),
    )


async def _plant(keeper: TokenKeeper, refresh_token: str, http: ClientSession) -> None:
    try:
        await keeper.plant(refresh_token)
    except BaseException:
        await http.close()
        raise


def seal_of(settings: Settings) -> Seal:
    """Return what requests of our own Zalo app are verified with."""
    secret = settings.zalo_oa_secret.get_secret_value()
    return Seal(settings.zalo_app_id, settings.zalo_oa_id, secret)


def keeper_of(
    settings: Settings,
    store: Store,
    keys: Sequence[str],
    clock: Clock,
    metrics: Metrics,
    http: ClientSession,
) -> TokenKeeper:
    """Return the keeper of the account's tokens."""
    secret = settings.zalo_app_secret.get_secret_value()
    oauth = ZaloOAuth(http, settings.zalo_oauth_base, settings.zalo_app_id, secret, clock)
    vault = Vault(f"zalo:{settings.zalo_oa_id}", cipher(list(keys)))
    owner = f"{socket.gethostname()}:{os.getpid()}"
    return TokenKeeper(store, vault, oauth.renew, owner, clock, count=metrics.count)
