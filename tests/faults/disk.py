"""A disk small enough to run full."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

_BALLAST = 48 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Disk:
    """A folder that is a disk of its own, with something on it that can be thrown away."""

    folder: Path

    def throw_away(self) -> None:
        """Make room, as an administrator would."""
        (self.folder / "ballast").unlink()


@contextmanager
def small_disk(megabytes: int) -> Iterator[Disk]:
    """Mount a disk for the block; skip the test where this machine forbids it."""
    mount, options = shutil.which("mount") or "mount", f"size={megabytes}m,mode=755"
    with TemporaryDirectory(prefix="danhoi-disk-") as folder:
        words = [mount, "-t", "tmpfs", "-o", options, "tmpfs", folder]
        if subprocess.run(words, check=False, capture_output=True).returncode:
            pytest.skip("a small disk can be mounted by root only")
        (Path(folder) / "ballast").write_bytes(os.urandom(_BALLAST))
        try:
            yield Disk(Path(folder))
        finally:
            subprocess.run(["umount", "-l", folder], check=True)
