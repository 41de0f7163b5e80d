"""The audit of dependencies fails on a hole, and says when it could not look."""

from typing import Any

import pytest

from tests.audit import verdict

SOUND = {"name": "a", "version": "1", "vulns": []}
HOLE = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}
SKIPPED = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        pytest.param([SOUND], 0, "1 packages audited, 0 holes known", id="sound"),
        pytest.param([SOUND, HOLE], 1, "b 2: PYSEC-1, mended in 2.1", id="a hole"),
        pytest.param([HOLE, SKIPPED], 1, "not audited: c", id="a hole, and one out of reach"),
        pytest.param([SKIPPED], 0, "NOT AUDITED", id="nobody answers"),
        pytest.param([], 0, "NOT AUDITED", id="an empty report"),
    ],
)
def test_what_was_found_decides(packages: list[dict[str, Any]], code: int, said: str) -> None:
    found, told = verdict({"dependencies": packages})
    assert found == code
    assert any(line.startswith(said) for line in told)


def test_without_a_report_nothing_was_audited() -> None:
    assert verdict(None) == (0, ["NOT AUDITED: the advisories cannot be reached from here."])
