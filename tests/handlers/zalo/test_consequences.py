"""What events change beside the ledger: silence, permissions, raw bytes after their time."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Table, insert, select, update

from bot.channel_tokens import ConsentRevoked
from bot.channel_tokens.notices import recent_notices
from bot.delivery.policy import RAW_DAYS, SILENCE_MINUTES, Bounded, OutOfBounds, change, number
from bot.delivery.retention import forget_raw
from bot.operations.metrics import Metrics
from bot.store import Done, Store
from bot.tables.broadcasts import broadcast
from bot.tables.delivery import conversation, inbox, message
from bot.tables.desk import officer, question
from bot.tables.operations import provider_token
from handlers.zalo import ZaloParts
from handlers.zalo.channel import ZaloReader
from handlers.zalo.reception import Reception
from tests.fakes.zalo.server import FakeZalo
from tests.handlers.zalo.samples import USER, compact, delivery

Bring = Callable[[dict[str, Any]], Awaitable[int]]


@pytest.fixture
def bring(store: Store, zalo: FakeZalo) -> Bring:
    """Return what takes an event in, as the webhook does once it is verified."""
    clock = zalo.clock.now
    reception = Reception(store, ZaloReader(zalo.account.oa_id, clock), clock, Metrics())
    return lambda event: reception.take(compact(event))


def ruled(rule: Bounded, value: int, now: datetime) -> Callable[[Connection], Done[None]]:
    def body(connection: Connection) -> Done[None]:
        change(connection, rule, value, "officer:1", now)
        return Done(None)

    return body


async def rows(store: Store, table: Table) -> list[Any]:
    return await store.read(lambda c: list(c.execute(select(table)).all()))


def echo(zalo: FakeZalo, message_id: str = "d1", **more: str) -> dict[str, Any]:
    written = {"msg_id": message_id, **more}
    return zalo.webhooks.event("oa_send_text", zalo.account.oa_id, USER, written)


async def ask(store: Store, zalo: FakeZalo) -> int:
    """Put one open question on record."""

    def body(connection: Connection) -> Done[int]:
        now = zalo.clock.now()
        row = {
            "code": "4K7M2P9", "conversation_id": 1, "channel": "zalo", "kind": "question",
            "state": "queued", "bucket": "open", "agency": "ct-xa", "received_at": now,
        }  # fmt: skip
        asked = insert(question).values(**row).returning(question.c.id)
        return Done(connection.execute(asked).scalar_one())

    return await store.write(body)


async def test_what_an_officer_wrote_by_hand_is_shown_with_the_open_question(
    bring: Bring, store: Store, zalo: FakeZalo
) -> None:
    await bring(zalo.webhooks.said(USER, "ngập quá"))
    asked = await ask(store, zalo)
    await bring(echo(zalo, text="Chào bác, mai phường xuống xem."))
    line = (await rows(store, message))[-1]
    assert (line.role, line.text) == ("officer", "Chào bác, mai phường xuống xem.")
    assert (line.question_id, line.body["by_hand"]) == (asked, True)


@pytest.mark.parametrize(("minutes", "quiet"), [(None, 60), (5, 5), (1440, 1440)])
async def test_the_assistant_keeps_quiet_as_long_as_the_province_set(
    bring: Bring, store: Store, zalo: FakeZalo, minutes: int | None, quiet: int
) -> None:
    if minutes is not None:
        await store.write(ruled(SILENCE_MINUTES, minutes, zalo.clock.now()))
    await bring(echo(zalo, text="Chào bác."))
    (chat,) = await rows(store, conversation)
    left = chat.silent_until - zalo.clock.now()
    assert timedelta(minutes=quiet - 1) < left <= timedelta(minutes=quiet)


async def test_an_article_sent_to_all_followers_silences_nobody(
    bring: Bring, store: Store, zalo: FakeZalo
) -> None:
    now = zalo.clock.now()

    def body(connection: Connection) -> Done[None]:
        who = {"username": "a", "password": "x", "role": "editor", "created_at": now}
        connection.execute(insert(officer).values(**who))
        row = {"channel": "zalo", "month": "2026-11", "state": "sent", "article": {}}
        made = {"prepared_by": 1, "prepared_at": now, "sent_at": now, "message_id": "b1"}
        connection.execute(insert(broadcast).values(**row, **made))
        return Done(None)

    await store.write(body)
    await bring(echo(zalo, "x1"))
    await bring(echo(zalo, "b1", text="Dân hỏi tháng 11"))
    assert await rows(store, conversation) == []


async def test_a_template_is_never_taken_for_an_officers_word(
    bring: Bring, store: Store, zalo: FakeZalo
) -> None:
    await bring({**echo(zalo, "t1", text="Có câu trả lời"), "event_name": "oa_send_template"})
    assert await rows(store, conversation) == []


async def test_a_revoked_permission_stops_sending_until_consent_is_granted_again(
    bring: Bring, parts: ZaloParts, store: Store, zalo: FakeZalo
) -> None:
    zalo.chats.wrote(USER, "m1", "alo")
    await parts.channel.send(delivery())
    zalo.clock.ahead += timedelta(minutes=1)
    await bring(_revoked(zalo))
    with pytest.raises(ConsentRevoked):
        await parts.channel.send(delivery())
    assert "consent" in (await parts.check() or "")
    notices = await store.read(lambda c: recent_notices(c, "zalo"))
    assert [notice.what for notice in notices] == ["permission_revoked"]


async def test_old_news_of_a_revocation_does_not_undo_a_newer_consent(
    bring: Bring, parts: ZaloParts, store: Store, zalo: FakeZalo
) -> None:
    zalo.chats.wrote(USER, "m1", "alo")
    event = _revoked(zalo)
    zalo.clock.ahead += timedelta(minutes=1)
    later = update(provider_token).values(updated_at=zalo.clock.now())
    await store.write(lambda c: Done(c.execute(later).rowcount))
    await bring(event)
    await parts.channel.send(delivery())
    assert len(zalo.chats.deliveries(USER)) == 1


def _revoked(zalo: FakeZalo) -> dict[str, Any]:
    account = zalo.account
    event = zalo.webhooks.event("permission_revoked", account.oa_id, "")
    return {**event, "oa_id": account.oa_id}


async def test_after_its_time_an_event_is_masked_and_its_key_stays(
    bring: Bring, store: Store, zalo: FakeZalo
) -> None:
    event = zalo.webhooks.said(USER, "Tôi là Nguyễn Văn An, số 0912345678, hỏi sổ đỏ")
    await bring(event)
    await store.write(lambda c: Done(c.execute(update(inbox).values(state="decided")).rowcount))
    later = zalo.clock.now() + timedelta(days=31)
    assert await store.write(lambda c: Done(forget_raw(c, later))) == 1
    (row,) = await rows(store, inbox)
    assert (row.raw, "0912345678" in str(row.event), "sổ đỏ" in row.event["text"]) == (
        None, False, True,
    )  # fmt: skip
    assert await bring(event) == 0


async def test_a_rule_outside_its_bounds_is_refused(store: Store, zalo: FakeZalo) -> None:
    now = zalo.clock.now()
    with pytest.raises(OutOfBounds):
        await store.write(ruled(RAW_DAYS, 0, now))
    assert await store.read(lambda c: number(c, RAW_DAYS)) == 30
