"""`replay`: what was held or put aside gets another chance."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import RowMapping, Table, select, update

from bot.commands.replay import judge_again, run_aside_again
from bot.delivery.inbox import accept
from bot.delivery.outbox import post
from bot.delivery.quarantine import put_away
from bot.delivery.recording import read_turn, record
from bot.delivery.turns import Wait
from bot.messages import Outgoing
from bot.moments import utc_now
from bot.settings import Settings
from bot.store import Done, Store
from bot.tables.delivery import inbox, message, outbox, quarantine
from handlers.zalo.channel import ZaloReader
from handlers.zalo.signature import HEADER
from tests.bot.delivery.samples import Parrot
from tests.fakes.zalo.server import FakeZalo
from tests.fakes.zalo.webhooks import signed
from tests.handlers.zalo.samples import USER
from tests.handlers.zalo.world import settings_for


async def rows(store: Store, table: Table) -> Sequence[RowMapping]:
    statement = select(table).order_by(*table.primary_key)
    return await store.read(lambda c: c.execute(statement).mappings().all())


async def hold(store: Store, zalo: FakeZalo, *texts: str) -> None:
    """Quarantine messages as a wrong secret would have done."""
    for words in texts:
        raw, headers = signed(zalo.account, zalo.webhooks.said(USER, words))
        kept = {HEADER: headers[HEADER]}
        body = partial(put_away, "zalo", raw, kept, "wrong_signature", utc_now())
        await store.write(body)


async def test_with_the_right_secret_held_messages_come_in_in_order(
    store: Store, zalo: FakeZalo, settings: Settings
) -> None:
    await hold(store, zalo, "một", "hai", "ba")
    assert await judge_again(store, settings) == (3, 0)
    assert [row["event"]["text"] for row in await rows(store, inbox)] == ["một", "hai", "ba"]
    assert await rows(store, quarantine) == []


async def test_what_is_not_zalos_stays_held(store: Store, zalo: FakeZalo, tmp_path: Path) -> None:
    await hold(store, zalo, "một", "hai")
    wrong = settings_for(zalo, tmp_path).model_copy(
        update={"zalo_oa_secret": SecretStr("still-the-wrong-one")}
    )
    assert await judge_again(store, wrong) == (0, 2)
    assert (len(await rows(store, quarantine)), await rows(store, inbox)) == (2, [])


async def test_a_message_that_came_in_meanwhile_is_not_doubled(
    store: Store, zalo: FakeZalo, settings: Settings
) -> None:
    raw, headers = signed(zalo.account, zalo.webhooks.said(USER, "alo"))
    for _ in range(2):
        kept = {HEADER: headers[HEADER]}
        await store.write(partial(put_away, "zalo", raw, kept, "wrong_signature", utc_now()))
    assert await judge_again(store, settings) == (2, 0)
    assert len(await rows(store, inbox)) == 1


async def put_aside(store: Store, zalo: FakeZalo) -> None:
    """Keep a message as it stands after its decision failed too often, with its apology."""
    raw, _ = signed(zalo.account, zalo.webhooks.said(USER, "câu khó"))
    (event,) = ZaloReader(zalo.account.oa_id, utc_now).parse(raw)

    def body(connection: Any) -> Done[None]:  # noqa: ANN401
        accept(connection, event, raw, utc_now())
        spoilt = {**event.as_json(), "text": "đọc sai"}
        connection.execute(update(inbox).values(state="aside", attempts=6, event=spoilt))
        post(connection, 1, "inbox:1", [Outgoing("Dạ, kênh đang xem lại.")], utc_now())
        return Done(None)

    await store.write(body)


async def test_an_event_put_aside_is_read_anew_and_decided_again(
    store: Store, zalo: FakeZalo, settings: Settings
) -> None:
    await put_aside(store, zalo)
    assert await run_aside_again(store, settings) == 1
    (row,) = await rows(store, inbox)
    assert (row["state"], row["attempts"], row["event"]["text"]) == ("pending", 0, "câu khó")
    assert await run_aside_again(store, settings) == 0


async def test_its_answer_is_not_mistaken_for_the_apology_before(
    store: Store, zalo: FakeZalo, settings: Settings
) -> None:
    await put_aside(store, zalo)
    await run_aside_again(store, settings)
    mind = Parrot()
    reading = await store.read(partial(read_turn, mind, 1))
    assert reading is not None
    plan = await mind.decide(reading.turn, utc_now())
    assert not isinstance(plan, Wait)
    await store.write(partial(record, reading, plan, utc_now()))
    said = [row["text"] for row in await rows(store, message)]
    assert said == ["câu khó", "Dạ, kênh đang xem lại.", "re: câu khó"]
    assert len(await rows(store, outbox)) == 2
