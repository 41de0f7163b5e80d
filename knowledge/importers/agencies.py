"""Which agency of the directory a procedure's agency text means, where that is obvious."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from knowledge.text import fold

_DATA = Path(__file__).parents[1] / "data" / "agency_names.yaml"
Named = tuple[re.Pattern[str], str]


def codes_of(agency_text: str, issuer: str, level: str) -> tuple[str, ...]:
    """Return agency codes in order of mention, the commune's as "ct-xa".

    A text that says no more than "the province's agency" means the department under the ministry
    that issued the procedure; what only a ministry handles has none.
    """
    named, generic, departments = _tables()
    found = list(dict.fromkeys(_matches(agency_text, named)))
    if not found and (level == "province" or any(_matches(agency_text, generic))):
        found = list(_matches(issuer, departments))
    if not found and level == "commune":
        found = ["ct-xa"]
    return tuple(found)


def _matches(text: str, table: tuple[Named, ...]) -> Iterator[str]:
    for part in re.split(r"[;\n]", fold(text)):
        for pattern, code in table:
            if pattern.search(part.strip()):
                yield code
                break


@cache
def _tables() -> tuple[tuple[Named, ...], tuple[Named, ...], tuple[Named, ...]]:
    tables = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    named, generic, departments = (
        tuple((re.compile(pattern), code) for pattern, code in tables[name].items())
        for name in ("named", "generic", "departments")
    )
    return named, generic, departments
