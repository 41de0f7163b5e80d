"""Built indexes on disk, named after the knowledge and the code they were built from."""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import knowledge
from knowledge.entries import Entry
from knowledge.matcher import Matcher
from knowledge.places import Place

_KEPT = 2
_UNDERSTANDING = ("*.py", "data/*.json", "data/lexicon/**/*.tsv")


class Indexes:
    """A folder of saved indexes; several processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, stamp: str) -> Path:
        """Return where the index of this knowledge lies, built or not."""
        return self._folder / f"{stamp}-{code_digest()}.npz"

    def newest(self) -> Path | None:
        """Return the latest index that this code can read."""
        return max(self._folder.glob(f"*-{code_digest()}.npz"), key=_written, default=None)

    def build(self, stamp: str, entries: Sequence[Entry], places: Sequence[Place]) -> Path:
        """Build and save an index unless another process has; return its path."""
        path = self.path(stamp)
        with self._alone():
            if not path.exists():
                save(Matcher.build(entries, places), path)
                self._prune(path)
        return path

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "building.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _prune(self, newest: Path) -> None:
        older = sorted(set(self._folder.glob("*.npz")) - {newest}, key=_written, reverse=True)
        for path in older[_KEPT - 1 :]:
            path.unlink(missing_ok=True)


def save(matcher: Matcher, path: Path) -> None:
    """Save a matcher so that nobody ever sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        matcher.save(unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


@cache
def code_digest() -> str:
    """Return a fingerprint of the understanding itself: its code and the data it ships with."""
    root = Path(knowledge.__file__).parent
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(path for pattern in _UNDERSTANDING for path in root.glob(pattern)):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
