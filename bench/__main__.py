"""Run every measurement and write docs/benchmarks.md; the tables also go to the terminal."""

import argparse
import importlib.util
import os
import platform
import sqlite3
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
REPORT = ROOT / "docs" / "benchmarks.md"
#: each prints Markdown on standard output when run as a module
PARTS = (
    "matching", "rivals", "scale",
    "delivery", "channels", "reach", "overload", "sustained", "importing",
)  # fmt: skip


def main() -> None:
    """Measure what was asked for, or everything."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("parts", nargs="*", default=PARTS, help=f"some of {', '.join(PARTS)}")
    chosen = parser.parse_args().parts
    sections = [_measure(part) for part in chosen if _exists(part)]
    report = "\n\n".join([_head(), *sections]) + "\n"
    if list(chosen) == list(PARTS):
        REPORT.write_text(report, encoding="utf-8")
    sys.stdout.write(report)


def _exists(part: str) -> bool:
    return importlib.util.find_spec(f"bench.{part}") is not None


def _measure(part: str) -> str:
    sys.stderr.write(f"measuring {part}\n")
    command = [sys.executable, "-m", f"bench.{part}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr)
        return f"## {part}\n\nNot measured: the run ended with status {done.returncode}."
    return f"{done.stdout.strip()}\n\nMeasured by `.venv/bin/python -m bench {part}`."


def _head() -> str:
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("aiohttp", "sqlalchemy", "rapidfuzz")
    )
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return (
        "# Benchmarks\n\n"
        f"Made by `make bench` at commit {commit or 'unknown'} on {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {packages}. "
        "Read ratios, not absolutes: other work may share the machine."
    )


if __name__ == "__main__":
    main()
