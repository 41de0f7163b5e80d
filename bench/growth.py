"""What ten years cost: the same work on a small database and on a large one.

python -m bench.growth [--questions 1000000]    about ten minutes and 5 GB of disk for a million
"""

import argparse
import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import quantiles
from typing import Any

from sqlalchemy import Connection, true

from bot.delivery.crowd import Acceptance
from bot.delivery.inbox import last_heard
from bot.delivery.unfinished import open_outbox
from bot.messages import Incoming, IncomingKind
from bot.questions import repository
from bot.questions.life import Bucket
from bot.questions.repository import Filters
from bot.questions.tally import Marks, tallies
from bot.store.migrations import upgrade
from bot.store.sqlite import SqliteStore

#: as many questions a month in both: the small one is some weeks old, the large one ten years
SMALL, LARGE = 10_000, 1_000_000
MESSAGES = 10  # of one question, either side
OPEN = 500  # in both: what offices have open does not grow with the years
AGENCIES = 120
YEARS = timedelta(days=3652)
NOW = datetime(2036, 11, 21, 3, 0, tzinfo=UTC)

_WORDS = "duong nha den nuoc dat giay khai sinh ket hon bao hiem y te xe may truong hoc cho rac"

_ROWS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows) "
#: ten years up to now, as evenly as the rows come
_AT = "strftime('%Y-%m-%d %H:%M:%S.000000', :first + i * 1.0 * :span / :rows, 'unixepoch')"
_FILL: Sequence[tuple[int, str]] = (
    (
        0,
        "INSERT INTO agency (code, name, kind, two_persons, confidence, source)"
        " SELECT 'a' || i, 'Cơ quan ' || i, 'department', 0, 'high', 'bench' FROM n",
    ),
    (
        1,
        "INSERT INTO conversation (id, channel, address, seq, decided_seq, message_seq, created_at,"
        " last_inbound_at) SELECT i, 'zalo', 'u' || i, 5, 5, 10, $at, $at FROM n",
    ),
    (
        1,
        "INSERT INTO content (id, question_id, kind, text, salt, digest, at)"
        " SELECT i, i, 'asked', 'Câu hỏi số ' || i || ': ' || :words, 's', 'd', $at FROM n",
    ),
    (
        1,
        "INSERT INTO question (id, code, conversation_id, channel, kind, state, bucket, agency,"
        " folded, text_id, received_at, due_at, answered_at, closed_at)"
        " SELECT i, printf('%07d', i), i, 'zalo', 'question',"
        " CASE WHEN i > :rows - :open THEN 'queued' ELSE 'answered' END,"
        " CASE WHEN i > :rows - :open THEN 'open' ELSE 'answered' END,"
        " 'a' || (1 + i % :agencies), 'cau hoi so ' || i || ' ' || :words, i, $at,"
        " $at, CASE WHEN i > :rows - :open THEN NULL ELSE $at END,"
        " CASE WHEN i > :rows - :open THEN NULL ELSE $at END FROM n",
    ),
    (
        2,
        "INSERT INTO question_event (question_id, n, act, to_state, actor, at, detail, previous,"
        " hash) SELECT (1 + i) / 2, 1 + (1 + i) % 2, CASE i % 2 WHEN 1 THEN 'receive' ELSE 'send'"
        " END, 'answered', 'officer:' || i % 300, $at, '{}', 'p', 'h' FROM n",
    ),
    (
        MESSAGES,
        "INSERT INTO message (conversation_id, seq, role, text, body, question_id, at)"
        " SELECT 1 + (i - 1) / :each, 1 + (i - 1) % :each,"
        " CASE i % 2 WHEN 1 THEN 'citizen' ELSE 'assistant' END,"
        " 'Dạ, cho tôi hỏi việc số ' || i || ' với ạ', '{}', 1 + (i - 1) / :each, $at FROM n",
    ),
    (
        MESSAGES // 2,
        "INSERT INTO inbox (channel, event_id, conversation_id, seq, digest, event, state,"
        " received_at) SELECT 'zalo', 'e' || i, 1 + (i - 1) / :half, 1 + (i - 1) % :half, 'd',"
        " '{}', 'decided', $at FROM n",
    ),
    (
        1,
        "INSERT INTO outbox (cause, step, conversation_id, message_id, purpose, state, receipt,"
        " created_at, sent_at) SELECT 'inbox:' || i, 1, i, i * :each, 'officer', 'sent', 'seen',"
        " $at, $at FROM n",
    ),
    (
        1,
        "INSERT INTO provider_message (channel, provider_id, message_id)"
        " SELECT 'zalo', 'p' || i, i * :each FROM n",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Timed:
    """What one kind of work took, in milliseconds."""

    p50: float
    p99: float


def fill(path: Path, questions: int, years: timedelta = YEARS) -> None:
    """Write so many closed questions of these years with their messages, and as many open ones
    as ever."""
    upgrade(f"sqlite:///{path}")
    values = {
        "open": min(OPEN, questions // 2),
        "agencies": AGENCIES,
        "words": _WORDS,
        "first": (NOW - years).timestamp(),
        "span": years.total_seconds(),
        "each": MESSAGES,
        "half": MESSAGES // 2,
    }
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous=OFF")
        for times, statement in _FILL:
            place = statement.index("SELECT")
            rows = questions * times if times else AGENCIES
            whole = f"{statement[:place]}{_ROWS}{statement[place:]}"
            database.execute(whole.replace("$at", _AT), {**values, "rows": rows})


async def measure(path: Path) -> dict[str, Timed]:
    """Return what each kind of work takes on a database."""
    store = SqliteStore(path)
    marks = Marks(NOW, NOW + timedelta(days=3), NOW - timedelta(days=21))
    looks: dict[str, Callable[[Connection], Any]] = {
        "queue of one agency": partial(repository.queue, filters=Filters("a7", bucket=Bucket.OPEN)),
        "queue of everybody": partial(repository.queue, filters=Filters(bucket=Bucket.OPEN)),
        "closed, newest first": partial(repository.queue, filters=Filters(bucket=Bucket.ANSWERED)),
        "tallies": partial(tallies, marks=marks, seen_by=true()),
        "search for a rare word": partial(repository.queue, filters=Filters(search="777")),
        "search for a common word": partial(repository.queue, filters=Filters(search="duong")),
        "one question with its history": partial(repository.with_history, question_id=500),
        "newest event of a channel": partial(last_heard, channel="zalo"),
        "what is left to send": partial(open_outbox, after=0, limit=1000),
    }
    found = {"accept a message": await _timed(partial(_accept, store), 1500)}
    for name, look in looks.items():
        found[name] = await _timed(partial(_look, store, look), 60)
    await store.close()
    return found


async def _accept(store: SqliteStore, number: int) -> None:
    who = f"u{1 + number * 37 % 500}"
    event = Incoming("zalo", f"new{number}", who, IncomingKind.TEXT, NOW, f"hỏi {number}")
    await store.write(Acceptance(event, b"{}", NOW))


async def _look(store: SqliteStore, look: Callable[[Connection], Any], _number: int) -> None:
    await store.read(look)


async def _timed(work: Callable[[int], Awaitable[None]], times: int) -> Timed:
    took = []
    for number in range(times):
        begun = time.perf_counter()
        await work(number)
        took.append((time.perf_counter() - begun) * 1000)
    cuts = quantiles(took, n=100)
    return Timed(cuts[49], cuts[98])


def report(large: int = LARGE) -> str:
    """Return the section of the benchmarks page."""
    found = {}
    (Path.cwd() / "var").mkdir(exist_ok=True)  # /tmp may be a disk of memory
    with tempfile.TemporaryDirectory(dir=Path.cwd() / "var") as folder:
        for questions in (SMALL, large):
            path = Path(folder) / f"{questions}.db"
            fill(path, questions, YEARS * (questions / large))
            found[questions] = asyncio.run(measure(path)), path.stat().st_size >> 20
            path.unlink()
    (small, _), (big, size) = found[SMALL], found[large]
    rows = [
        f"| work | p50 / p99 ms of {SMALL:,} questions | of {large:,} | p99, times |",
        "|---|---|---|---|",
    ]
    for name, before in small.items():
        after = big[name]
        rows.append(
            f"| {name} | {before.p50:.1f} / {before.p99:.1f} | {after.p50:.1f} / {after.p99:.1f}"
            f" | {after.p99 / before.p99:.1f} |"
        )
    note = f"{large * MESSAGES:,} messages, {large * MESSAGES // 2:,} keys of events; {size:,} MB."
    return "## Growth\n\n" + "\n".join([*rows, "", note]) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--questions", type=int, default=LARGE)
    sys.stdout.write(report(parser.parse_args().questions))
