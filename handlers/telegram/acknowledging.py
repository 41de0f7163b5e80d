"""Small courtesies after a press: the spinner stops, a used keyboard goes away, its links stay.

They are worth trying, not worth keeping: nothing is lost when one is missed.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import TelegramError

from handlers.telegram.client import TelegramApi
from handlers.telegram.reception import Press

_LONGEST_TOAST = 200


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
        if press.under is not None and press.spent:
            rows = [[InlineKeyboardButton(label, url=url)] for label, url in press.links]
            left = InlineKeyboardMarkup(rows) if rows else None
            with suppress(TelegramError):
                await bot.edit_message_reply_markup(int(press.chat), press.under, reply_markup=left)
