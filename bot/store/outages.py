"""Telling a database that cannot work now from a statement that was wrong, on both engines."""

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

#: SQLite's primary result codes that say "not now" or "not on this disk"
_SQLITE_CODES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
    }
)
#: PostgreSQL's classes of the same: connection, resources, operator's doing, system, corruption
_SQLSTATE_CLASSES = ("08", "53", "57", "58", "XX")
#: lock not available, idle in transaction for too long, rolled back by a conflict
_LOCKED, _IDLED, _SERIALISATION, _DEADLOCK = "55P03", "25P03", "40001", "40P01"
_READ_ONLY = "25006"


def is_unavailable(error: BaseException, *, writing: bool = False) -> bool:
    """Whether the database could not take a statement that was otherwise right.

    A disk that failed may come back read-only, and a server may be a standby by now; a reader
    that writes is only a mistake of ours.
    """
    if isinstance(error, PoolTimeout):
        return True
    cause = _cause(error)
    if isinstance(cause, psycopg.Error):
        state = cause.sqlstate
        rolled_back = state in (_LOCKED, _IDLED, _SERIALISATION, _DEADLOCK)
        return is_lost(error) or rolled_back or (writing and state == _READ_ONLY) or _is_ill(state)
    code = getattr(cause, "sqlite_errorcode", None)
    if code is None:
        return False
    return code & 0xFF in _SQLITE_CODES or (writing and code & 0xFF == sqlite3.SQLITE_READONLY)


def is_conflict(error: BaseException) -> bool:
    """Whether PostgreSQL undid a transaction for the sake of another: run it again."""
    cause = _cause(error)
    return isinstance(cause, psycopg.Error) and cause.sqlstate in (_SERIALISATION, _DEADLOCK)


def is_lost(error: BaseException) -> bool:
    """Whether the connection to PostgreSQL is gone, or was never made."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    cause = _cause(error)
    if not isinstance(cause, psycopg.Error):
        return False
    state = cause.sqlstate
    if state is None:
        return isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError)
    return state.startswith("08") or state in ("57P01", "57P02", "57P03", _IDLED)


def _cause(error: BaseException) -> BaseException | None:
    """Return the driver's error: SQLAlchemy keeps it, other libraries raise theirs from it."""
    if isinstance(error, DBAPIError):
        return error.orig
    return error.__cause__ if isinstance(error.__cause__, psycopg.Error) else error


def _is_ill(state: str | None) -> bool:
    return state is not None and state.startswith(_SQLSTATE_CLASSES)
