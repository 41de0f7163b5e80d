"""Run every measurement and write docs/benchmarks.md; the tables also go to the terminal."""

import argparse
import importlib.util
import os
import platform
import re
import sqlite3
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
REPORT = ROOT / "docs" / "benchmarks.md"
#: each prints Markdown on standard output when run as a module
PARTS = (
    "matching", "rivals", "ablation", "scale", "delivery", "channels", "burst", "sustained",
    "overload", "backlog", "growth", "reach", "importing",
)  # fmt: skip
#: growth takes ten minutes and six gigabytes of disk by itself, a backlog a quarter of an hour, the
#: ablation five minutes: when asked for
_LONG = frozenset({"growth", "backlog", "ablation"})
_MARK = "<!-- {} -->\n"


def main() -> None:
    """Measure what was asked for, or everything; what was not measured now stays in the report."""
    usual = [part for part in PARTS if part not in _LONG]
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("parts", nargs="*", default=usual, help=f"some of {', '.join(PARTS)}")
    chosen = parser.parse_args().parts
    measured = {part: _measure(part) for part in chosen if _exists(part)}
    sections = {**_reported(), **measured}
    listed = [_MARK.format(part) + sections[part] for part in PARTS if part in sections]
    REPORT.write_text("\n\n".join([_head(), *listed]) + "\n", encoding="utf-8")
    sys.stdout.write("\n\n".join(measured.values()) + "\n")


def _reported() -> dict[str, str]:
    """Return the sections of the report as it is, by part."""
    found = re.split(r"<!-- (\w+) -->\n", REPORT.read_text(encoding="utf-8"))[1:]
    return {part: text.strip() for part, text in zip(found[::2], found[1::2], strict=True)}


def _exists(part: str) -> bool:
    return importlib.util.find_spec(f"bench.{part}") is not None


def _measure(part: str) -> str:
    sys.stderr.write(f"measuring {part}\n")
    command = [sys.executable, "-m", f"bench.{part}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr)
        return f"## {part}\n\nNot measured: the run ended with status {done.returncode}."
    how = f"Measured by `.venv/bin/python -m bench {part}` at commit {_commit()}."
    return f"{done.stdout.strip()}\n\n{how}"


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"


def _head() -> str:
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("aiohttp", "sqlalchemy", "rapidfuzz")
    )
    return (
        "# Benchmarks\n\n"
        f"Made by `make bench` on {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {packages}. "
        "Read ratios, not absolutes: other work may share the machine."
    )


if __name__ == "__main__":
    main()
