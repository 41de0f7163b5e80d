"""Database addresses as the settings name them, and as SQLAlchemy wants them."""

from pathlib import Path

from bot.errors import BotError


class UnknownDatabase(BotError):
    """DANHOI_DATABASE_URL must start with sqlite:/// or postgresql://."""


def driver_url(url: str) -> str:
    """Return the address with the driver we use: "postgresql://h/d" gets "+psycopg"."""
    if url.startswith("sqlite:///"):
        return url
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    raise UnknownDatabase


def sqlite_path(url: str) -> Path | None:
    """Return the file of an SQLite address, None for another database."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None
