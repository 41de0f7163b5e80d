"""How many questions an hour are answered in time, cold start and memory, and a slow disk.

python -m bench.sustained
"""

import asyncio
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import quantiles

import psutil

from bench.load import Load, paced, post
from bench.scores import table
from bench.service import CITIZENS, prepare, serving

#: 100,000 an hour are 27.8 a second
RATES = (15.0, 27.8, 40.0, 55.0, 70.0)
SECONDS = 15
GOAL_MS = 300.0
FSYNC_MS = 25

_TEXTS = (
    "làm khai sinh cho bé cần giấy gì ạ",
    "dang ky ket hon o dau vay",
    "đổi bằng lái xe hết hạn bao nhiêu tiền",
    "mất thẻ căn cước làm lại sao",
    "xin giấy độc thân",
    "mo quan an can giay to gi",
    "tách thửa đất cho con",
    "khai tử cho ông nội",
    "trợ cấp người cao tuổi 75 tuổi",
    "bảo hiểm y tế hộ gia đình mua ở đâu",
    "sang tên xe máy cũ",
    "xác nhận tình trạng hôn nhân mất bao lâu",
)
_SHIM = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
static int slow(const char *name, int fd) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    usleep(%d * 1000);
    return real(fd);
}
int fsync(int fd) { return slow("fsync", fd); }
int fdatasync(int fd) { return slow("fdatasync", fd); }
"""


@dataclass(frozen=True, slots=True)
class Run:
    """A steady rate: what accepting took, and from acceptance to the answer, in milliseconds."""

    accepted: Load
    answer_p50: float
    answer_p95: float
    unanswered: int

    @property
    def holds(self) -> bool:
        """Whether every question was answered, and nearly all in time."""
        return not self.unanswered and self.answer_p95 < GOAL_MS


def question(number: int) -> bytes:
    """Return the n-th question to the web chat, of so many people that none writes too fast."""
    who = number % CITIZENS
    body = {
        "conversation": f"benchmark-conversation-{who:09}",
        "client_id": str(number),
        "text": _TEXTS[number % len(_TEXTS)],
    }
    home = f"X-Forwarded-For: 10.0.{who // 250}.{who % 250 + 1}"
    raw = json.dumps(body, ensure_ascii=False).encode()
    return post("/api/v1/chat", raw, "Content-Type: application/json", home)


async def _at(environment: Mapping[str, str], rate: float) -> Load:
    async with serving(environment) as port:
        load = await paced(port, question, int(rate * SECONDS), rate)
        await asyncio.sleep(2)
        return load


def steady(rate: float, **more: str) -> Run:
    """Ask at a steady rate and look into the database how long each answer took."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**prepare(Path(folder)), **more}
        load = asyncio.run(_at(environment, rate))
        took, unanswered = _answers(Path(folder) / "danhoi.db")
    cuts = quantiles(took, n=100) if len(took) > 1 else [0.0] * 99
    return Run(load, cuts[49], cuts[94], unanswered)


def _answers(database: Path) -> tuple[list[float], int]:
    query = (
        "SELECT i.received_at, min(o.sent_at) FROM inbox i"
        " LEFT JOIN outbox o ON o.cause = 'inbox:' || i.id GROUP BY i.id"
    )
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(query).fetchall()
    answered = [(came, sent) for came, sent in rows if sent]
    took = [
        (datetime.fromisoformat(sent) - datetime.fromisoformat(came)).total_seconds() * 1000
        for came, sent in answered
    ]
    return took, len(rows) - len(answered)


def rates() -> str:
    """Raise the rate until answers come too late."""
    rows = []
    for rate in RATES:
        run = steady(rate)
        figures = (
            f"{rate:.1f}",
            f"{rate * 3600:,.0f}",
            f"{run.accepted.milliseconds(95):.1f}",
            f"{run.answer_p50:.0f}",
            f"{run.answer_p95:.0f}",
            str(run.unanswered),
            "yes" if run.holds else "no",
        )
        rows.append(figures)
        if not run.holds:
            break
    head = (
        "questions/s", "an hour", "accept p95 ms", "answer p50 ms", "answer p95 ms", "unanswered",
        f"p95 < {GOAL_MS:.0f} ms",
    )  # fmt: skip
    return table(f"Questions answered by machine, {SECONDS} s at each rate", head, rows)


async def _cold(environment: Mapping[str, str]) -> tuple[float, float]:
    begun = time.perf_counter()
    async with serving(environment):
        ready = time.perf_counter() - begun
        await asyncio.sleep(3)
        children = psutil.Process().children(recursive=True)
        return ready, max(child.memory_info().rss for child in children) / 2**20


def start() -> str:
    """Measure the first start of an empty database and the second."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        environment = prepare(Path(folder))
        for name in ("first, with an empty database", "again"):
            ready, size = asyncio.run(_cold(environment))
            rows.append((name, f"{ready:.1f}", f"{size:.0f}"))
    return table("Cold start, the starter knowledge", ("start", "ready in s", "memory MB"), rows)


def slow_disk() -> str:
    """Measure with a disk whose every flush takes long."""
    if shutil.which("gcc") is None:
        return "### A slow disk\n\nNot measured: there is no gcc to build the shim.\n"
    with tempfile.TemporaryDirectory() as folder:
        source, shim = Path(folder) / "slow.c", Path(folder) / "slow.so"
        source.write_text(_SHIM % FSYNC_MS)
        build = ["gcc", "-shared", "-fPIC", "-O1", str(source), "-o", str(shim), "-ldl"]
        subprocess.run(build, check=True)
        run = steady(27.8, LD_PRELOAD=str(shim))
    figures = (
        f"{run.accepted.milliseconds(50):.0f}", f"{run.accepted.milliseconds(95):.0f}",
        f"{run.answer_p50:.0f}", f"{run.answer_p95:.0f}", str(run.unanswered),
    )  # fmt: skip
    head = ("accept p50 ms", "accept p95 ms", "answer p50 ms", "answer p95 ms", "unanswered")
    return table(f"A disk whose flush takes {FSYNC_MS} ms, 100,000 an hour", head, [figures])


def report() -> str:
    """Return the section of the benchmarks page."""
    return f"## Sustained\n\n{rates()}\n{start()}\n{slow_disk()}"


if __name__ == "__main__":
    sys.stdout.write(report())
