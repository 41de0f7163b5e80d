"""What all phrasings of an entry say together."""

from functools import cache

import numpy as np
import pytest

from knowledge.asked import asked
from knowledge.entries import Entry, EntryKind
from knowledge.lexicon import standard
from knowledge.query import Reader
from knowledge.ranking import Shelf
from knowledge.repair import Repair
from knowledge.sayings import fit
from knowledge.shelf import shelve

ENTRIES = (
    Entry(
        *("procedure:a", EntryKind.PROCEDURE, "a", "Cấp giấy chứng nhận tàu"),
        aliases=("ghe chở lúa", "ghe đi câu", "ghe cào"),
        body="bản vẽ boong",
    ),
    Entry("procedure:b", EntryKind.PROCEDURE, "b", "Cấp giấy phép boong", aliases=("lúa giống",)),
)


@cache
def shelf() -> Shelf:
    return shelve(ENTRIES, standard())


def fitting(text: str, name: str) -> list[float]:
    query = asked(Reader(standard(), Repair(())).read(text), shelf().index)
    found = fit(query, np.array([0, 1], np.int32), shelf().sayings, shelf().index)
    return [round(float(value), 3) for value in found[name]]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        pytest.param("câu cào", "told_covered", [1.0, 0.0], id="words of two phrasings"),
        pytest.param("boong", "bag_covered", [1.0, 1.0], id="a word of the papers"),
        pytest.param("boong", "told_covered", [0.0, 1.0], id="that no phrasing has"),
        pytest.param("ghe", "told_often", [0.5, 0.0], id="a word of three sayings in four"),
        pytest.param("câu", "told_often", [0.167, 0.0], id="a word of one in four"),
        pytest.param("lúa giống", "told_pairs", [0.0, 1.0], id="neighbouring words"),
        pytest.param("", "told_covered", [0.0, 0.0], id="nothing said"),
    ],
)
def test_what_is_said_of_an_entry_counts_together(
    text: str, name: str, expected: list[float]
) -> None:
    assert fitting(text, name) == expected


def test_how_often_an_entry_is_asked_fades_as_a_message_says_more() -> None:
    reader, index = Reader(standard(), Repair(())), shelf().index
    few, many = (asked(reader.read(text), index) for text in ("ghe", "ghe chở lúa đi câu, cào"))
    assert 1.0 > few.light > many.light >= 0.0
