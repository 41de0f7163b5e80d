"""The messages written for training are of known kinds, and none is of two."""

from collections import defaultdict

from bench.kinds import OWN, own
from knowledge.intent import Intents
from knowledge.text import fold

MESSAGES = [one for path in sorted(OWN.glob("messages*.tsv")) for one in own(path)]


def test_every_message_is_of_a_kind_that_is_learned() -> None:
    assert {kind for _, kind, _ in MESSAGES} == set(Intents.load().kinds)


def test_no_message_is_of_two_kinds() -> None:
    kinds = defaultdict(set)
    for text, kind, _ in MESSAGES:
        kinds[fold(text)].add(kind)
    assert {text: told for text, told in kinds.items() if len(told) > 1} == {}
