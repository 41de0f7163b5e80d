"""Facts are judged by the rules of the day."""

from datetime import UTC, datetime

from bot.catalogue.imports import EntryImport, Source
from bot.catalogue.repository import public_entry, version
from bot.catalogue.upkeep import lint_again
from bot.store import Store
from knowledge.entries import Facet
from knowledge.layers import Layer
from tests.bot.catalogue.samples import clock, procedure


async def test_a_fact_is_held_back_from_the_day_a_rule_begins_to_hold(store: Store) -> None:
    spring = datetime(2025, 5, 1, tzinfo=UTC)
    importer = EntryImport(store, lambda: spring, lambda _rows: None)
    await importer.run(
        Source("f", "procedures", Layer.NATIONAL), [procedure(1, place="UBND huyện"), procedure(2)]
    )
    assert await lint_again(store, lambda: spring) == 0
    assert await lint_again(store, clock) == 1
    entry = await store.read(lambda c: public_entry(c, "1.000001"))
    assert entry is not None
    assert not entry.facts[Facet.PLACE].sound


async def test_looking_again_changes_nothing(store: Store) -> None:
    importer = EntryImport(store, clock, lambda _rows: None)
    await importer.run(
        Source("f", "procedures", Layer.NATIONAL), [procedure(n) for n in range(150)]
    )
    before = await store.read(version)
    assert await lint_again(store, clock) == 0
    assert await store.read(version) == before
