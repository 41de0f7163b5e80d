"""Measure the ledger: durable acceptance against a bare handler, and the whole way of a message.

python -m bench.delivery
"""

import multiprocessing
import platform
import sys
import tempfile
from pathlib import Path

from bench.accepting import acceptance
from bench.databases import databases
from bench.flow import pipeline


def report() -> str:
    """Return the section of the benchmarks page."""
    with tempfile.TemporaryDirectory() as folder, databases(Path(folder)) as made:
        told, tables = made.told(), (acceptance(made), pipeline(made))
    machine = f"Python {platform.python_version()}, {multiprocessing.cpu_count()} cores"
    return (
        f"## Delivery\n\n{machine}, shared by load, service and database; {told}."
        f"\n\n### Accepting\n\n{tables[0]}"
        f"\n\n### From the citizen's message to the reply on the screen\n\n{tables[1]}\n"
    )


if __name__ == "__main__":
    sys.stdout.write(report())
