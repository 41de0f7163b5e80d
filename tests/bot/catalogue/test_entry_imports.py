"""Importing entries: twice changes nothing, own words stay, nothing is ever half-loaded."""

import asyncio

import pytest
from sqlalchemy import Connection, insert, select

from bot.catalogue import acts, repository, staging
from bot.catalogue.acts import Fault, Vouching, clear_finding, open_faults, put_layer
from bot.catalogue.repository import known, public_entry
from bot.store import Done, Store
from bot.store.opening import open_store
from bot.tables.directory import policy
from bot.tables.knowledge import entry, entry_version, finding, import_run, layer, staged
from knowledge.entries import Entry, Facet, Fact
from knowledge.importers.rows import RowError
from knowledge.layers import Layer, data_of
from tests.bot.catalogue.samples import NOW, SOURCE, bring_in, procedure


async def told(store: Store, code: str = "1.000001") -> Entry:
    found = await store.read(lambda connection: public_entry(connection, code))
    assert found is not None
    return found


async def fact(store: Store, facet: Facet) -> Fact:
    return (await told(store)).facts[facet]


async def officer_says(store: Store, entry_id: str, **facts: str) -> None:
    data = {"facts": data_of(procedure(1, **facts))["facts"], "source": "cán bộ"}
    await store.write(lambda c: Done(put_layer(c, entry_id, Layer.LOCAL, data, NOW, "lan")))


async def test_importing_twice_changes_nothing(store: Store) -> None:
    entries = [procedure(n) for n in range(450)]
    first, second = await bring_in(store, entries), await bring_in(store, entries)
    assert (first.rows, first.changed) == (450, 450)
    assert (second.rows, second.changed) == (450, 0)
    assert await store.read(repository.version) == 1


async def test_a_changed_row_alone_is_changed_and_its_past_is_kept(store: Store) -> None:
    await bring_in(store, [procedure(1), procedure(2)])
    again = await bring_in(store, [procedure(1, time="3 ngày"), procedure(2)])
    assert again.changed == 1
    assert (await fact(store, Facet.TIME)).text == "3 ngày"
    versions = await store.read(lambda c: c.execute(select(entry_version)).all())
    assert [(row.version, row.merged["facts"]["time"]["text"]) for row in versions] == [
        (1, "5 ngày")
    ]


async def test_a_bad_row_is_listed_and_stops_nothing(store: Store) -> None:
    summary = await bring_in(store, [procedure(1), RowError("f", 2, "code", "bad"), procedure(3)])
    assert (summary.rows, len(summary.errors), summary.failed) == (2, 1, False)


async def test_an_import_never_overwrites_an_officer_and_shows_what_changed(
    store: Store,
) -> None:
    await bring_in(store, [procedure(1)])
    await officer_says(store, procedure(1).id, time="4 ngày")
    await bring_in(store, [procedure(1, time="2 ngày")])
    assert (await fact(store, Facet.TIME)).text == "4 ngày"
    differs = select(finding.c.excerpt).where(finding.c.rule == "differs")
    assert await store.read(lambda c: c.scalars(differs).all()) == ["5 ngày → 2 ngày"]


async def test_a_list_that_is_not_whole_makes_nothing_stale(store: Store) -> None:
    await bring_in(store, [procedure(1), procedure(2)])
    assert (await bring_in(store, [procedure(1)])).vanished == 0
    await told(store, "1.000002")


async def test_a_code_that_vanished_is_stale_until_it_comes_back(store: Store) -> None:
    both = [procedure(1), procedure(2)]
    await bring_in(store, both)
    assert (await bring_in(store, both[:1], complete=True)).vanished == 1
    assert await store.read(lambda c: public_entry(c, "1.000002")) is None
    assert (await bring_in(store, both, complete=True)).changed == 1
    await told(store, "1.000002")


async def test_the_national_export_is_known_to_be_whole(store: Store) -> None:
    everything = [procedure(n) for n in range(1100)]
    await bring_in(store, everything)
    assert (await bring_in(store, everything[:1050])).vanished == 50


async def clear(store: Store, fault: Fault) -> None:
    vouching = Vouching("lan", "Công văn 12/UBND")
    await store.write(lambda c: Done(clear_finding(c, procedure(1).id, fault, vouching, NOW)))


async def clear_all(store: Store) -> None:
    for fault in await store.read(lambda c: open_faults(c, procedure(1).id)):
        await clear(store, fault)


async def test_an_officer_vouches_for_a_fact_and_it_goes_out_with_its_source(
    store: Store,
) -> None:
    await bring_in(store, [procedure(1, place="UBND huyện")])
    assert not (await fact(store, Facet.PLACE)).sound
    await clear_all(store)
    cleared = await fact(store, Facet.PLACE)
    assert (cleared.text, cleared.sound, cleared.source) == ("UBND huyện", True, "Công văn 12/UBND")
    assert cleared.checked_on == NOW.date()


async def test_a_fact_stays_cleared_over_an_import_of_the_same_text_only(
    store: Store,
) -> None:
    await bring_in(store, [procedure(1, place="UBND huyện")])
    await clear_all(store)
    await bring_in(store, [procedure(1, place="UBND huyện", time="9 ngày")])
    assert (await fact(store, Facet.PLACE)).sound
    await bring_in(store, [procedure(1, place="UBND quận huyện", time="9 ngày")])
    assert not (await fact(store, Facet.PLACE)).sound


async def test_nobody_vouches_for_a_text_that_changed_meanwhile(store: Store) -> None:
    await bring_in(store, [procedure(1, place="UBND huyện")])
    *_, seen = await store.read(lambda c: open_faults(c, procedure(1).id))
    await bring_in(store, [procedure(1, place="UBND quận huyện")])
    with pytest.raises(acts.NoSuchFinding):
        await clear(store, seen)


async def stage_only(store: Store, changed: Entry) -> staging.Run:
    run = await store.write(
        lambda c: Done(staging.begin(c, "f", "procedures", Layer.NATIONAL, NOW))
    )
    present = await store.read(lambda c: known(c, [changed.id]))
    rows = staging.prepare(run, [changed], present)

    def stage(connection: Connection) -> Done[None]:
        staging.stage(connection, rows)
        return Done(None)

    await store.write(stage)
    return run


async def test_what_an_officer_says_during_an_import_is_not_lost(store: Store) -> None:
    await bring_in(store, [procedure(1)])
    run = await stage_only(store, procedure(1, time="2 ngày", result="Giấy phép"))
    await officer_says(store, procedure(1).id, time="4 ngày")
    await store.write(lambda c: Done(staging.switch(c, run, [], NOW)))
    assert (await fact(store, Facet.TIME)).text == "4 ngày"
    assert (await fact(store, Facet.RESULT)).text == "Giấy phép"


async def test_an_import_killed_before_the_switch_leaves_no_trace(store: Store) -> None:
    await bring_in(store, [procedure(1)])
    await stage_only(store, procedure(1, time="2 ngày"))
    assert (await fact(store, Facet.TIME)).text == "5 ngày"
    assert (await bring_in(store, [procedure(1, time="3 ngày")])).changed == 1
    assert (await fact(store, Facet.TIME)).text == "3 ngày"


async def test_an_import_killed_after_the_switch_is_tidied_up_by_the_next(
    store: Store,
) -> None:
    run = await stage_only(store, procedure(1, place="UBND huyện"))
    await store.write(lambda c: Done(staging.switch(c, run, [], NOW)))
    await store.write(lambda c: Done(acts.refresh(c, procedure(1).id, NOW, "lan")))
    assert (await bring_in(store, [procedure(1, place="UBND huyện")])).changed == 0
    assert await store.read(lambda c: c.execute(select(staged)).all()) == []
    assert len(await store.read(lambda c: c.execute(select(layer)).all())) == 1
    states = await store.read(lambda c: c.scalars(select(import_run.c.state)).all())
    assert list(states) == ["done", "done"]


async def test_readers_see_the_old_or_the_new_and_never_a_mixture(
    store: Store, database_url: str
) -> None:
    await bring_in(store, [procedure(n) for n in range(250)])
    other = open_store(database_url)
    seen: set[frozenset[str]] = set()

    def look(connection: Connection) -> frozenset[str]:
        rows = connection.scalars(select(entry.c.merged))
        return frozenset(row["facts"]["time"]["text"] for row in rows)

    task = asyncio.create_task(bring_in(other, [procedure(n, time="1 ngày") for n in range(250)]))
    while not task.done():
        seen.add(await store.read(look))
    await other.close()
    assert seen | {frozenset({"1 ngày"})} == {frozenset({"5 ngày"}), frozenset({"1 ngày"})}


async def test_messages_are_accepted_while_an_import_runs(store: Store, database_url: str) -> None:
    other = open_store(database_url)
    task = asyncio.create_task(bring_in(other, [procedure(n) for n in range(250)]))
    accepted = 0

    def accept(connection: Connection) -> Done[None]:
        row = {"key": f"m{accepted}", "value": SOURCE, "updated_at": NOW, "updated_by": "t"}
        connection.execute(insert(policy).values(row))
        return Done(None)

    while not task.done():
        await store.write(accept)
        accepted += 1
    await other.close()
    assert accepted > 0
