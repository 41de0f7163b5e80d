"""Every shipped label fits a button, names a known procedure and is told from every other."""

from pathlib import Path

import pytest

from knowledge import starter
from knowledge.entries import Entry, EntryKind
from knowledge.importers import procedures
from knowledge.labels import LONGEST, label_of, shipped

BASE = Path(__file__).parents[3] / "shared" / "data" / "procedures.jsonl.gz"
OWN = {entry.code: entry.short_label for entry in starter.load() if entry.short_label}


def test_labels_are_short_enough_for_a_button() -> None:
    assert [label for label in (*shipped().values(), *OWN.values()) if len(label) > LONGEST] == []


def test_no_two_labels_read_alike() -> None:
    labels = [label.lower() for label in (*shipped().values(), *OWN.values())]
    assert sorted(label for label in set(labels) if labels.count(label) > 1) == []


def test_the_thousand_procedures_most_asked_have_one() -> None:
    assert len(shipped().keys() | OWN.keys()) >= 1000


def test_a_starter_procedure_carries_its_own() -> None:
    assert shipped().keys() & OWN.keys() == set()


@pytest.mark.skipif(not BASE.is_file(), reason="the national base is not at hand")
def test_labels_stand_for_known_procedures() -> None:
    rows = procedures.read(BASE.read_bytes(), BASE.name)
    known = {row.code for row in rows if isinstance(row, Entry)} | OWN.keys()
    assert sorted(shipped().keys() - known) == []


def test_what_officers_call_a_procedure_comes_first() -> None:
    code = min(shipped())
    plain = Entry("procedure:x", EntryKind.PROCEDURE, code, "Tên chính thức")
    renamed = Entry("procedure:x", EntryKind.PROCEDURE, code, "Tên chính thức", short_label="Gọn")
    assert (label_of(plain), label_of(renamed)) == (shipped()[code], "Gọn")
