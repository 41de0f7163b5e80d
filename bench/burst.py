"""A slice of an hour of 22,000 messages with a ten-fold spike, on three channels at once.

python -m bench.burst [--seconds 20]
"""

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aiohttp import ClientSession, TCPConnector

from bench.crowd import Citizens, Crowd, OnTelegram, OnTheWeb, OnZalo, Stage, arrivals
from bench.fates import Fate, read_fates
from bench.hourglass import CALL, Letter, early_receipts, late_receipts, let_out, most_within
from bench.scores import quantile, table
from bench.service import prepare, serving
from bot.delivery.pace import Rate
from bot.settings import Settings
from handlers.telegram import LIMITS
from handlers.zalo import pace_of
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.trying import telegram_settings, zalo_settings
from tests.fakes.zalo.server import FakeZalo

SECONDS = 20.0
HOUR, MESSAGES, TIMES = 3600.0, 22_000, 10
USUAL = MESSAGES / HOUR
#: of ten messages; Zalo gets more in the spike than 2,000 requests a minute can answer at once
CYCLE = ("zalo", "telegram", "zalo", "zalo", "telegram", "zalo", "web", "zalo", "telegram", "zalo")
CHANNELS = ("zalo", "telegram", "web")
#: requests a minute with the burst that docs/zalo.md sets for each
TIER, LOW_TIER = 2_000, 100
BURSTS = {TIER: 20, LOW_TIER: 5}
#: requests that are under way together may end in any order, so many seconds apart
_TOGETHER = 0.5


@dataclass(frozen=True, slots=True)
class Slice:
    """What was measured; letters by seconds since the beginning."""

    fates: Sequence[Fate]
    spike_ends: float
    #: by how many seconds the crowd fell behind its pace at worst
    late: float
    #: answers of a provider that say "too fast", and sendings, by channel
    limited: Mapping[str, int]
    sendings: Mapping[str, int]
    unsent: int

    def of(self, channel: str) -> list[Fate]:
        """Return what was written on one channel."""
        return [fate for fate in self.fates if fate.written.channel == channel]

    def letters(self, channel: str) -> list[Letter]:
        """Return the replies on one channel."""
        return [fate.reply for fate in self.of(channel) if fate.reply is not None]


def slice_of(seconds: float) -> tuple[Stage, ...]:
    """Return three equal stages, the second ten-fold."""
    return Stage(seconds, USUAL), Stage(seconds, USUAL * TIMES), Stage(seconds, USUAL)


def whole_hour() -> tuple[Stage, ...]:
    """Return an hour of 22,000 messages with a ten-fold minute in the middle."""
    usual, around = MESSAGES / (HOUR - 60 + 60 * TIMES), (HOUR - 60) / 2
    return Stage(around, usual), Stage(60, usual * TIMES), Stage(around, usual)


async def measure(folder: Path, prepared: Mapping[str, str], stages: Sequence[Stage]) -> Slice:
    """Play the slice in real time against the service as a process."""
    zalo, telegram = FakeZalo(folder / "zalo.jsonl"), FakeTelegram(folder / "telegram.jsonl")
    environment = {
        **prepared,
        **zalo_settings(zalo, await zalo.start()),
        **telegram_settings(telegram, await telegram.start()),
        "DANHOI_TELEGRAM_MODE": "webhook",
        "DANHOI_TELEGRAM_WEBHOOK_SECRET": telegram.account.secret,
        "DANHOI_PUBLIC_URL": "https://danhoi.example.gov.vn",
        "DANHOI_ZALO_RATE_PER_MINUTE": str(TIER),
        "DANHOI_ZALO_RATE_BURST": str(BURSTS[TIER]),
    }
    people: Mapping[str, Citizens] = {
        "zalo": OnZalo(zalo),
        "telegram": OnTelegram(telegram),
        "web": OnTheWeb(),
    }
    crowd = Crowd(people, CYCLE)
    connector = TCPConnector(limit=0)
    async with serving(environment) as port, ClientSession(connector=connector) as http:
        service = f"http://127.0.0.1:{port}"
        zalo.webhooks.url = f"{service}/webhooks/zalo"
        written = await crowd.write(http, service, stages)
    await zalo.stop()
    await telegram.stop()
    limited = {"zalo": zalo.api.refused[-32], "telegram": telegram.api.refused[429], "web": 0}
    said = Counter(name for name, _ in telegram.api.requests)
    sendings = {"zalo": len(zalo.api.requests), "telegram": said["sendmessage"]}
    fates, unsent = read_fates(folder / "danhoi.db", written)
    end = stages[0].seconds + stages[1].seconds
    return Slice(fates, end, crowd.late, limited, sendings, unsent)


def _accepting(found: Slice) -> str:
    rows = []
    for channel in CHANNELS:
        fates = found.of(channel)
        took = [fate.written.accepted * 1000 for fate in fates]
        decided = [fate.decided for fate in fates if fate.decided is not None]
        refused = sum(not 200 <= fate.written.status < 300 for fate in fates)
        figures = (f"{quantile(took, share):.1f}" for share in (0.5, 0.95, 0.99))
        late, undecided = quantile(decided, 0.95) * 1000, len(fates) - len(decided)
        rows.append((channel, len(fates), *figures, refused, f"{late:.0f}", undecided))
    head = (
        "measured", "messages", "accept p50 ms", "p95 ms", "p99 ms", "refused",
        "recorded decision p95 ms", "undecided",
    )  # fmt: skip
    return table("Accepted and decided (goal: both p95 under 2 s)", head, rows)


def _showing(found: Slice) -> str:
    rows = []
    for channel in CHANNELS:
        fates = found.of(channel)
        replies = [fate for fate in fates if fate.reply is not None]
        figures = [
            f"{quantile([fate.seen for fate in some], share):.2f}"
            for some in (_sorted_out(replies, receipts=True), _sorted_out(replies, receipts=False))
            for share in (0.5, 0.95)
        ]
        missing, limited = len(fates) - len(replies), found.limited[channel]
        rows.append((channel, len(replies), *figures, missing, limited))
    head = (
        "measured", "replies", "receipt p50 s", "receipt p95 s", "answer p50 s", "answer p95 s",
        "without reply", "-32 or 429",
    )  # fmt: skip
    title = "From writing to the reply on the screen (goal: web receipt p95 under 2 s)"
    return table(title, head, rows)


def _sorted_out(fates: Iterable[Fate], *, receipts: bool) -> list[Fate]:
    return [fate for fate in fates if fate.reply and fate.reply.receipt is receipts]


def _ordering(found: Slice) -> str:
    rows = []
    for channel, rate in (("zalo", _tier(TIER)), ("telegram", LIMITS.rate)):
        assert rate is not None
        letters = found.letters(channel)
        most = (most_within(1, letters), most_within(60, letters))
        overtaken, ahead = late_receipts(letters, _TOGETHER), early_receipts(letters)
        sendings = found.sendings[channel]
        rows.append((channel, f"{rate.per_minute / 60:.1f}", sendings, *most, ahead, overtaken))
    head = (
        "measured", "gate lets out a second", "requests", "most in a second", "most in a minute",
        "receipts ahead of an earlier answer", "receipts behind a later answer",
    )  # fmt: skip
    return table("At the gate: receipts before answers", head, rows)


def _tier(per_minute: int) -> Rate:
    """Return the pace of a service whose account may send so much."""
    limits = {"zalo_rate_per_minute": per_minute, "zalo_rate_burst": BURSTS[per_minute]}
    return pace_of(Settings(_env_file=None, **limits))  # type: ignore[call-arg, arg-type]


def _draining(found: Slice) -> str:
    end, letters = found.spike_ends, [replace(each, out=0.0) for each in found.letters("zalo")]
    hour = [Letter(number % 2 == 1, at) for number, at in enumerate(arrivals(whole_hour()))]
    middle = (HOUR + 60) / 2
    runs = [
        (f"the slice's {len(letters):,}", TIER, letters, end),
        (f"the slice's {len(letters):,}", LOW_TIER, letters, end),
        (f"an hour's {len(hour):,}, all on Zalo", TIER, hour, middle),
        (f"an hour's {len(hour):,}, all on Zalo", LOW_TIER, hour, middle),
    ]
    computed = [
        _drained("computed", what, tier, let_out(waiting, _tier(tier)), until)
        for what, tier, waiting, until in runs
    ]
    rows = [_drained("**measured**", runs[0][0], TIER, found.letters("zalo"), end), *computed]
    head = (
        "how", "replies", "allowed a minute", "most in a minute", "receipt waits p95",
        "answer waits p95", "written until the spike's end, all out after",
        "all out after the last message",
    )  # fmt: skip
    return table("Zalo's outbox after the spike", head, rows)


def _drained(how: str, what: str, tier: int, gone: Sequence[Letter], end: float) -> tuple[str, ...]:
    waits = (
        quantile([each.waited for each in gone if each.receipt is receipt], 0.95)
        for receipt in (True, False)
    )
    last = max((each.out for each in gone if each.ready <= end), default=end)
    rest = max((each.out for each in gone), default=end) - max(
        (each.ready for each in gone), default=end
    )
    spans = (*waits, max(0.0, last - end), rest)
    return (how, what, f"{tier:,}", str(most_within(60, gone)), *map(_span, spans))


def _span(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:,.0f} min"


def report(seconds: float = SECONDS) -> str:
    """Return the section of the benchmarks page."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = prepare(Path(folder))
        found = asyncio.run(measure(Path(folder), prepared, slice_of(seconds)))
    parts = (_accepting(found), _showing(found), _ordering(found), _draining(found))
    return f"{_head(found, seconds)}\n" + "\n".join(parts)


def _head(found: Slice, seconds: float) -> str:
    return (
        f"## Burst\n\n{MESSAGES:,} messages an hour are {USUAL:.1f} a second. Measured in real "
        "time on the real service as a process (SQLite, synchronous=FULL): "
        f"{seconds:.0f} s of that, {seconds:.0f} s of {TIMES} times as much, {seconds:.0f} s as "
        "before, six in ten on Zalo, three on Telegram, one on the web chat; every message from "
        "another citizen, by turns a question that is answered at once and feedback that gets a "
        "receipt. The providers are played with their limits on, Zalo with echo and receipt of "
        "every message; they and the crowd share the machine with the service. The crowd was "
        f"{found.late:.1f} s behind its pace at worst. Left unsent at the end: {found.unsent}."
        "\n\n"
        "**Measured** is what happened; computed is the gate and the pace of the service, the "
        f"same code, over a simulated clock with {CALL * 1000:.0f} ms for each request: at "
        f"{LOW_TIER} a minute it would take hours. The first computed row repeats the measured "
        "one, so that the two can be compared. The service keeps below the tier on purpose: "
        f"{_tier(TIER).per_minute:,} a minute beside a burst of {BURSTS[TIER]}, "
        f"{_tier(LOW_TIER).per_minute} beside one of {BURSTS[LOW_TIER]}. The slice alone "
        "could not fill a minute of the tier: that it holds is for the computed hours to "
        "show, by the most in any 60 seconds.\n"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each of three stages")
    sys.stdout.write(report(parser.parse_args().seconds))
