"""What several layers say becomes one entry, and nothing own is lost."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.entries import Facet
from knowledge.layers import (
    Confirmation,
    Data,
    Layer,
    assemble,
    changed_beneath,
    data_of,
    digest,
    merge,
    text_digest,
)
from tests.bot.catalogue.samples import NOW, procedure

ID = "procedure:1.000001"
TODAY = date(2026, 11, 21)

words = st.text(alphabet="abc đêô", min_size=1, max_size=8)
a_fact = st.builds(
    lambda text, sound: {"text": text, "sound": sound, "source": "s", "checked_on": None},
    words,
    st.booleans(),
)
a_layer = st.fixed_dictionaries(
    {},
    optional={
        "title": words,
        "summary": words,
        "aliases": st.lists(words, min_size=1, max_size=3, unique=True),
        "agencies": st.lists(words, min_size=1, max_size=2),
        "facts": st.dictionaries(st.sampled_from([f.value for f in Facet]), a_fact, min_size=1),
        "source": words,
        "source_url": words,
        "checked_on": st.just("2026-07-01"),
    },
)
some_layers = st.dictionaries(st.sampled_from([layer.value for layer in Layer]), a_layer)


@settings(max_examples=40)
@given(some_layers)
def test_merging_what_was_merged_changes_nothing(layers: dict[str, Data]) -> None:
    once = merge(ID, layers)
    assert merge(ID, {"local": data_of(once)}) == once


@settings(max_examples=40)
@given(some_layers, a_layer)
def test_what_an_officer_says_is_never_lost(layers: dict[str, Data], local: Data) -> None:
    merged = data_of(merge(ID, {**layers, "local": local}))
    for name in local.keys() - {"facts", "aliases", "source", "source_url", "checked_on"}:
        assert merged[name] == local[name]
    assert set(local.get("aliases", ())) <= set(merged.get("aliases", ()))
    assert local.get("facts", {}).items() <= merged.get("facts", {}).items()


@settings(max_examples=40)
@given(some_layers)
def test_the_order_in_which_layers_were_written_does_not_matter(layers: dict[str, Data]) -> None:
    assert merge(ID, dict(reversed(layers.items()))) == merge(ID, layers)


def test_own_words_come_first_and_the_nation_fills_the_gaps() -> None:
    own = {"title": "Khai sinh", "aliases": ["làm khai sanh"], "source": "kênh"}
    national = {
        "title": "Thủ tục",
        "field": "Hộ tịch",
        "source": "csdl",
        "checked_on": "2026-07-01",
    }
    entry = merge(ID, {"national": national, "starter": own})
    assert (entry.title, entry.field, entry.aliases) == ("Khai sinh", "Hộ tịch", ("làm khai sanh",))
    assert (entry.source, entry.checked_on) == ("kênh", None)


def test_a_fact_with_a_fault_is_left_out() -> None:
    layers = {"national": data_of(procedure(place="UBND huyện", time="5 ngày"))}
    assembled = assemble(ID, layers, {}, TODAY)
    place = assembled.entry.facts[Facet.PLACE]
    assert (place.text, place.sound) == ("", False)
    assert assembled.entry.facts[Facet.TIME].sound
    assert [found.rule for found, _ in assembled.findings] == ["district_tier"]


@pytest.mark.parametrize(
    ("confirmed_text", "sound"),
    [
        pytest.param("UBND huyện", True, id="the same text"),
        pytest.param("UBND quận", False, id="another text"),
    ],
)
def test_a_confirmation_holds_for_the_text_it_was_given_for(
    confirmed_text: str, sound: bool
) -> None:
    layers = {"national": data_of(procedure(place="UBND huyện"))}
    vouched = Confirmation("lan", NOW, "Công văn 12", text_digest(confirmed_text))
    entry = assemble(ID, layers, {("place", "district_tier"): vouched}, TODAY).entry
    assert entry.facts[Facet.PLACE].sound is sound
    assert (entry.facts[Facet.PLACE].source == "Công văn 12") is sound


def test_a_change_beneath_own_words_is_shown_for_review() -> None:
    old, new = data_of(procedure(time="5 ngày")), data_of(procedure(time="3 ngày"))
    above = data_of(procedure(time="4 ngày"))
    ((finding, _digest),) = changed_beneath(old, new, [above])
    assert (finding.facet, finding.rule, finding.excerpt) == ("time", "differs", "5 ngày → 3 ngày")
    assert changed_beneath(old, new, []) == ()


def test_a_digest_depends_on_what_is_said_not_on_its_order() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1}) != digest({"a": 1, "b": 3})
