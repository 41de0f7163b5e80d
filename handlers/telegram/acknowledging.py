"""Small courtesies after a press: the spinner stops, a used keyboard goes away.

They are worth trying, not worth keeping: nothing is lost when one is missed.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from telegram.error import TelegramError

from bot.conversation.payloads import read_payload
from handlers.telegram.client import TelegramApi
from handlers.telegram.reception import Press

_LONGEST_TOAST = 200
#: answers given once and for all: pressing them twice would only puzzle
_ONCE = frozenset({"rate", "publish", "air"})


class Courtesies:
    """Runs beside everything else; `close` drops what is not done."""

    def __init__(self, api: TelegramApi) -> None:
        self._api = api
        self._tasks: set[asyncio.Task[None]] = set()

    def show(self, presses: Iterable[Press]) -> None:
        """Answer presses in the background."""
        for press in presses:
            task = asyncio.create_task(self._answer(press))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Drop what is not done."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _answer(self, press: Press) -> None:
        bot, toast = self._api.bot, press.toast[:_LONGEST_TOAST]
        with suppress(TelegramError):
            await bot.answer_callback_query(press.query_id, toast or None, show_alert=bool(toast))
        if press.under is not None and is_spent(press.payload):
            with suppress(TelegramError):
                await bot.edit_message_reply_markup(int(press.chat), press.under)


def is_spent(payload: str) -> bool:
    """Whether a button's keyboard has had its answer."""
    press = read_payload(payload)
    return press is not None and (press.affirms or press.denies or press.act in _ONCE)
