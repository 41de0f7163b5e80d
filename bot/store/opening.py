"""Opening the store that an address names."""

from collections.abc import Callable

from bot.settings import Settings
from bot.store import Store, Wake, ignore_wake
from bot.store.postgres import PostgresStore
from bot.store.sqlite import SqliteStore
from bot.store.urls import sqlite_path


def open_store(url: str, on_wake: Callable[[Wake], None] = ignore_wake) -> Store:
    """Open a database that others may have open too, as commands do beside the service."""
    path = sqlite_path(url)
    return PostgresStore(url, on_wake) if path is None else SqliteStore(path, on_wake)


def open_for_command(settings: Settings) -> Store:
    """Open the store for a command, which may run beside the service."""
    return open_store(settings.database_url)
