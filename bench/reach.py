"""A simulated month on Zalo with four in ten silent citizens: by which road each answer is told.

python -m bench.reach
"""

import asyncio
import logging
import sys
import tempfile
from pathlib import Path

import structlog

from bot.store.migrations import upgrade
from tests.acceptance.month import citizens, month, table

CITIZENS, SEED = 200, 20261130

_HEAD = f"""## The reply window: a month with silent citizens

{CITIZENS} citizens ask on Zalo and are answered after 1 to 16 days; 40 % never come back by
themselves. The fake enforces 48 hours and 7 days by the same simulated clock, and its own log is
what counts as arrived. "Waits, in sight" stands in the officers' queue and in the count of those
who could not be told; "unreported" is any other end.
"""


async def main() -> None:
    """Play the month and print where its answers went."""
    quiet = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=quiet)
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/danhoi.db"
        upgrade(database)
        async with month(database, Path(folder)) as played:
            await played.play(citizens(CITIZENS, SEED))
            sys.stdout.write(f"{_HEAD}\n{table(await played.outcomes())}\n")


if __name__ == "__main__":
    asyncio.run(main())
