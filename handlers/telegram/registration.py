"""What Telegram must know of us: where to post updates, and the menu of commands."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from telegram import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.error import TelegramError

from bot.wording import Wording
from handlers.telegram.channel import TelegramReader
from handlers.telegram.client import ALLOWED_UPDATES, TelegramApi
from handlers.telegram.commands import GROUP_MENU, MENU
from handlers.telegram.failures import as_send_error
from handlers.telegram.updates import NAME

_log = structlog.get_logger()

_LONGEST_PAUSE = 300.0
_CONNECTIONS = 20


@dataclass(slots=True)
class Registration:
    """Registers at start, again and again until Telegram takes it; `webhook` is "" for polling."""

    api: TelegramApi
    reader: TelegramReader
    wording: Wording
    place: str
    webhook: str = ""
    secret: str = field(default="", repr=False)
    pause: float = 2.0
    problem: str | None = field(default=None, init=False)
    _task: "asyncio.Task[None] | None" = field(default=None, init=False)

    async def start(self) -> None:
        """Begin to register, in the background: the service starts without Telegram too."""
        self._task = asyncio.create_task(self._until_done())

    async def stop(self) -> None:
        """Give up on what is not registered yet."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def check(self) -> str | None:
        """Say for /readyz why Telegram does not know us, None when it does."""
        return self.problem

    async def register(self) -> None:
        """Tell Telegram everything once; raise TelegramError where it does not listen."""
        bot = self.api.bot
        me = await bot.get_me()
        self.reader.name = (me.username or "").lower()
        if self.webhook:
            await bot.set_webhook(
                self.webhook,
                secret_token=self.secret,
                allowed_updates=ALLOWED_UPDATES,
                max_connections=_CONNECTIONS,
            )
        await bot.set_my_commands(self._menu(MENU), scope=BotCommandScopeAllPrivateChats())
        await bot.set_my_commands(self._menu(GROUP_MENU), scope=BotCommandScopeAllGroupChats())
        await bot.set_my_description(self.wording("telegram.description", place=self.place))

    async def _until_done(self) -> None:
        pause = self.pause
        while True:
            try:
                await self.register()
            except TelegramError as error:
                self.problem = str(as_send_error(error))
                _log.warning("not registered at telegram yet", channel=NAME, why=self.problem)
                await asyncio.sleep(pause)
                pause = min(_LONGEST_PAUSE, pause * 2)
            else:
                self.problem = None
                _log.info("registered at telegram", channel=NAME, bot=self.reader.name)
                return

    def _menu(self, names: tuple[str, ...]) -> list[BotCommand]:
        return [BotCommand(name, self.wording(f"telegram.command.{name}")) for name in names]
