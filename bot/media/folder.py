"""Where citizens' files lie: one folder outside the web root, under names that tell nothing."""

import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

#: what the machine keeps for everything that matters more than files
FREE_FLOOR = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Folder:
    """Writes durably, removes at once; knows when the disk is almost full."""

    path: Path
    free_floor: int = FREE_FLOOR

    def has_room(self) -> bool:
        """Whether another file may be taken."""
        there = next(path for path in (self.path, *self.path.parents) if path.exists())
        return shutil.disk_usage(there).free >= self.free_floor

    def keep(self, file_id: str, content: bytes) -> bool:
        """Write a file durably before anything speaks of it; tell whether it is new."""
        path = self.path / file_id
        if path.exists():
            return False
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = path.with_suffix(f".{secrets.token_hex(4)}")
        flags = os.O_CREAT | os.O_WRONLY | os.O_EXCL
        with os.fdopen(os.open(unfinished, flags, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(path)
        return True

    def remove(self, file_id: str) -> None:
        """Remove a file for good; one that is gone already is no failure."""
        (self.path / file_id).unlink(missing_ok=True)
