"""The shipped knowledge can be read, and a fault in it is named."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from knowledge import starter
from knowledge.entries import EntryKind
from knowledge.lint import UNCONFIRMED, lint

TODAY = date(2026, 11, 21)


def test_at_least_120_procedures_are_shipped_each_once() -> None:
    kinds = Counter(entry.kind for entry in starter.load())
    assert kinds[EntryKind.PROCEDURE] >= 120
    assert kinds[EntryKind.HOTLINE] >= 5


def test_every_shipped_entry_names_its_source_and_the_day_it_was_checked() -> None:
    nameless = [e.id for e in starter.load() if not e.source or not e.checked_on]
    assert nameless == []


def test_no_shipped_fact_goes_out_that_the_lint_finds_fault_with() -> None:
    faults = [
        (entry.code, fault)
        for entry in starter.load()
        for fault in lint(entry, TODAY)
        if fault.rule != UNCONFIRMED
    ]
    assert faults == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("- {code: '1.000001'}", "title", id="no title"),
        pytest.param("- {code: x, title: T}", "code", id="no code"),
        pytest.param("- {code: '1.000001', title: T, source: ''}", "source", id="no source"),
        pytest.param("- {code: '1.000001', title: T, level: huyện}", "level", id="no such level"),
        pytest.param("- {code: '1.000001', title: T, colour: x}", "colour", id="unknown field"),
        pytest.param(
            "- {code: '1.000001', title: T, facts: {price: x}}", "facts", id="unknown facet"
        ),
        pytest.param(
            "- {code: '1.000001', title: T}\n- {code: '1.000001', title: T}", "1.000001", id="twice"
        ),
        pytest.param("- [", "YAML", id="not YAML"),
    ],
)
def test_a_fault_names_the_file_and_the_code(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "land.yaml"
    path.write_text(f"source: Sổ tay\nprocedures:\n{text}", encoding="utf-8")
    with pytest.raises(starter.BadStarter, match=rf"land\.yaml.*{fault}"):
        list(starter.read([(path, EntryKind.PROCEDURE)]))
