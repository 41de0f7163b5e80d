"""Every event Zalo knows is parsed or knowingly ignored, and the guide says which."""

import re
from pathlib import Path

from handlers.zalo.events import is_known, table
from tests.requirements import shared

GUIDE = Path(__file__).parents[3] / "docs" / "zalo.md"


def test_the_guide_shows_the_table_as_it_is() -> None:
    assert table() in GUIDE.read_text(encoding="utf-8")


def names_in(row: str) -> list[str]:
    """Return the events of a row; "oa_send_text/image" names two."""
    names = []
    for written in re.findall(r"`([a-z_/]+)`", row):
        stem, *others = written.split("/")
        names += [stem, *(f"{stem.rpartition('_')[0]}_{other}" for other in others)]
    return [name for name in names if "_" in name or name in ("follow", "unfollow")]


def test_every_event_of_the_reference_is_in_it() -> None:
    text = shared("reference/zalo-oa.md").read_text(encoding="utf-8")
    section = text.split("### 3.6 Events")[1].split("Policy for unknown names")[0]
    firsts = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    names = {name for first in firsts for name in names_in(first)}
    spelt_otherwise = {"react_request_join_group__reject", "accept_"}
    assert len(names) > 50
    assert {name for name in names if not is_known(name)} <= spelt_otherwise
