"""One service per SQLite file: a lock that the operating system releases when we die."""

import fcntl
import os
from pathlib import Path
from types import TracebackType

from bot.errors import BotError


class DatabaseInUse(BotError):
    """Another service is using this database; stop it first."""


class DatabaseLock:
    """Held from `acquire` to `release` on a file beside the database, named after it."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._file: int | None = None

    def acquire(self) -> None:
        """Take the lock, or raise DatabaseInUse naming the process that has it."""
        path = self._database.with_name(self._database.name + ".lock")
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(file, 20).decode() or "?"
            os.close(file)
            raise DatabaseInUse(
                f"{self._database} is used by another service (process {holder.strip()}); "
                "stop it first, or set another DANHOI_DATABASE_URL"
            ) from error
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()}\n".encode())
        self._file = file

    def release(self) -> None:
        """Let go; the file stays, since removing it would open a race."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> "DatabaseLock":
        """Take the lock for a block."""
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go at the end of the block."""
        self.release()
