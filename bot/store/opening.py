"""Opening the store that the settings name."""

from collections.abc import Callable

from bot.errors import BotError
from bot.settings import Settings
from bot.store import Store, Wake
from bot.store.sqlite import SqliteStore
from bot.store.urls import sqlite_path


class UnsupportedDatabase(BotError):
    """This version serves SQLite; set DANHOI_DATABASE_URL to sqlite:///PATH."""


def open_for_service(settings: Settings, on_wake: Callable[[Wake], None]) -> Store:
    """Open the store for the one service; raise DatabaseInUse for a second on one file."""
    path = sqlite_path(settings.database_url)
    if path is None:
        raise UnsupportedDatabase
    return SqliteStore(path, on_wake, exclusive=True)


def open_for_command(settings: Settings) -> Store:
    """Open the store for a command, which may run beside the service."""
    path = sqlite_path(settings.database_url)
    if path is None:
        raise UnsupportedDatabase
    return SqliteStore(path)
