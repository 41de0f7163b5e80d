"""The channels of the service: each with its way in and what it does by the clock."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta

from bot.app.parts import Parts, is_https
from bot.broadcast import Press
from bot.broadcast.runner import Runner
from bot.channels import Channel
from bot.delivery.gate import Limits
from bot.delivery.schedule import Periodic, every
from bot.media.folder import Folder
from bot.media.remote import RemoteFiles
from bot.media.sources import MediaSource
from bot.operations.watch import Check
from bot.reach.templates import Templates
from handlers import zalo
from handlers.routes import Route
from handlers.webchat.channel import WebChat
from handlers.webchat.files import Files
from handlers.webchat.origins import Origins
from handlers.webchat.plain import PlainChat
from handlers.webchat.reception import Reception
from handlers.webchat.stream import Streams
from handlers.webchat.views import WebChatApi
from handlers.zalo.media import media_hosts

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Attached:
    """A channel with its way in, what it does by the clock, and what ends its open requests."""

    channel: Channel
    routes: Sequence[Route]
    periodics: Sequence[Periodic] = ()
    hang_up: Callable[[], Awaitable[None]] | None = None
    checks: Mapping[str, Check] = field(default_factory=dict)
    #: what its provider allows; none for what needs no throttling
    limits: Limits | None = None
    #: fetches what its messages refer to; none where files come to us by themselves
    media: MediaSource | None = None
    #: what reaches citizens outside any window of the channel
    templates: Sequence[Templates] = ()
    #: sends articles to everybody who follows its account
    press: Press | None = None


async def attach_web(parts: Parts, _stack: AsyncExitStack) -> Attached:
    """Return the web chat, which is always there, with the public pages around it."""
    settings, channel = parts.settings, WebChat(parts.clock)
    streams = Streams(parts.store, parts.lanes.listeners)
    origins = Origins(parts.keys[0])
    reception = Reception(parts.store, channel, parts.clock, parts.metrics, origins)
    api = WebChatApi(reception, streams)
    plain = PlainChat(
        api.reception,
        parts.lanes.listeners,
        parts.site.templates,
        parts.site.own_host,
        https=is_https(settings),
    )
    files = Files(api.reception, Folder(settings.var_dir / "files"))
    routes = [route for each in (api, plain, files, parts.site) for route in each.routes()]
    return Attached(channel, routes, hang_up=streams.close)


async def attach_zalo(parts: Parts, stack: AsyncExitStack) -> Attached | None:
    """Return the Zalo channel, None where it is not configured."""
    if not parts.settings.zalo_enabled:
        return None
    conduct = zalo.Conduct(crash=parts.crash)
    built = await zalo.build(
        parts.settings, parts.store, parts.keys, parts.clock, parts.metrics, conduct
    )
    stack.push_async_callback(built.close)
    media = RemoteFiles(media_hosts(parts.settings))
    stack.push_async_callback(media.close)
    checks = {"zalo_token": built.check}
    runner = Runner(
        parts.store, built.press, parts.wording, parts.calendar, parts.clock, parts.metrics.count
    )
    broadcasts = Periodic("zalo_broadcast", every(_MINUTE), runner.on_time, catch_up=False)
    return Attached(
        built.channel,
        built.routes,
        (*built.periodics, broadcasts),
        checks=checks,
        limits=Limits(rate=zalo.pace_of(parts.settings)),
        templates=built.templates,
        media=media,
        press=built.press,
    )


async def attach_telegram(parts: Parts, stack: AsyncExitStack) -> Attached | None:
    """Return the Telegram channel, None where it is switched off."""
    if not parts.settings.telegram_enabled:
        return None
    from handlers import telegram  # half a second of imports that most installations need not

    around = telegram.Surroundings(
        parts.clock,
        parts.metrics,
        parts.wording,
        parts.library.agency_name,
        parts.ground.owner,
        parts.ground.alone,
    )
    conduct = telegram.Conduct(crash=parts.crash)
    built = telegram.build(parts.settings, parts.store, around, conduct)
    stack.push_async_callback(built.close)
    await built.start()
    return Attached(
        built.channel,
        built.routes,
        built.periodics,
        checks=built.checks,
        limits=telegram.LIMITS,
        media=built.channel,
    )


#: a new channel is a line here
CHANNELS = {"web": attach_web, "zalo": attach_zalo, "telegram": attach_telegram}
