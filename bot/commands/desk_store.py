"""One look at the database, or one change, from a command that may run beside the service."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from bot.commands.environment import read_settings
from bot.store import Done
from bot.store.opening import open_for_command

T = TypeVar("T")


def write(change: Callable[[Connection], T]) -> T:
    """Change something in one transaction and return what `change` returns."""

    async def run() -> T:
        store = open_for_command(read_settings())
        try:
            return await store.write(lambda connection: Done(change(connection)))
        finally:
            await store.close()

    return asyncio.run(run())


def read(look: Callable[[Connection], T]) -> T:
    """Return what `look` finds on a snapshot."""

    async def run() -> T:
        store = open_for_command(read_settings())
        try:
            return await store.read(look)
        finally:
            await store.close()

    return asyncio.run(run())
