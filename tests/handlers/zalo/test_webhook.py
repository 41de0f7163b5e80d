"""The webhook against the real store: what is answered, and what is kept."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import RowMapping, Table, insert, select
from structlog.testing import capture_logs

from bot.delivery.outbox import post
from bot.delivery.quarantine import MOST_ROWS
from bot.messages import Outgoing
from bot.operations.metrics import Metrics
from bot.store import Done, Store
from bot.tables.delivery import conversation, inbox, message, quarantine
from handlers.zalo import ZaloParts
from handlers.zalo.webhook import MAX_BODY, PATH
from tests.fakes.zalo.server import FakeZalo
from tests.fakes.zalo.webhooks import signed
from tests.handlers.zalo.samples import USER, choices, compact, load, payload_files
from tests.handlers.zalo.world import application, counted

Client = TestClient[Any, Any]


class Door:
    """The webhook as Zalo sees it, and the tables behind it."""

    def __init__(self, client: Client, zalo: FakeZalo, store: Store) -> None:
        self.client, self.zalo, self.store = client, zalo, store

    async def knock(self, raw: bytes, **headers: str) -> int:
        async with self.client.post(PATH, data=raw, headers=headers) as response:
            return response.status

    async def bring(self, event: dict[str, Any]) -> int:
        raw, headers = signed(self.zalo.account, event)
        return await self.knock(raw, **headers)

    async def rows(self, table: Table) -> Sequence[RowMapping]:
        statement = select(table).order_by(*table.primary_key)
        return await self.store.read(lambda c: c.execute(statement).mappings().all())


@pytest.fixture
async def door(parts: ZaloParts, zalo: FakeZalo, store: Store) -> AsyncIterator[Door]:
    async with TestClient(TestServer(application(parts))) as client:
        yield Door(client, zalo, store)


async def test_a_message_is_kept_before_it_is_acknowledged(door: Door) -> None:
    event = door.zalo.webhooks.said(USER, "Làm khai sinh cần gì?")
    assert await door.bring(event) == 200
    (row,) = await door.rows(inbox)
    assert (row["state"], row["event"]["text"]) == ("pending", "Làm khai sinh cần gì?")
    assert row["raw"] == signed(door.zalo.account, event)[0]


async def test_a_message_posted_six_times_is_one(door: Door, metrics: Metrics) -> None:
    event = door.zalo.webhooks.said(USER, "alo")
    assert [await door.bring(event) for _ in range(6)] == [200] * 6
    assert len(await door.rows(inbox)) == 1
    assert counted(metrics, "accepted", "repeat") == 5


async def test_every_payload_is_acknowledged_and_kept_where_it_says_something(door: Door) -> None:
    cases = [load(path) for path in payload_files()]
    assert {await door.bring(case["payload"]) for case in cases} == {200}
    assert len(await door.rows(inbox)) == sum(len(case["expected"]) for case in cases)


@pytest.mark.parametrize("body", [b"", b"{}", b" {} \n"])
async def test_a_probe_is_welcome_and_leaves_nothing(
    door: Door, metrics: Metrics, body: bytes
) -> None:
    assert await door.knock(body) == 200
    assert [*await door.rows(inbox), *await door.rows(quarantine)] == []
    assert counted(metrics, "webhook", "zalo_probe") == 1


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"app_id=1", id="a form"),
        pytest.param(b"[1]", id="a list"),
        pytest.param(b'{"a":"\xff"}', id="invalid UTF-8"),
        pytest.param(b'{"a":' * 40_000 + b"1" + b"}" * 40_000, id="deep nesting"),
    ],
)
async def test_what_is_not_json_is_refused_before_its_signature_is_looked_at(
    door: Door, metrics: Metrics, body: bytes
) -> None:
    assert await door.knock(body, **{"X-ZEvent-Signature": "mac=00"}) == 400
    assert await door.rows(quarantine) == []
    assert counted(metrics, "webhook", "zalo_not_json") == 1


async def test_a_body_larger_than_any_event_is_refused(door: Door) -> None:
    async with door.client.post(PATH, data=BytesIO(b"x" * (MAX_BODY + 1))) as response:
        assert response.status == 413


async def test_a_large_body_without_a_length_is_refused_too(door: Door) -> None:
    async def pour() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    async with door.client.post(PATH, data=pour()) as response:
        assert response.status == 413


@pytest.mark.parametrize(
    ("header", "reason"),
    [("", "no_signature"), ("mac=" + "0" * 64, "wrong_signature"), ("đ", "wrong_signature")],
)
async def test_what_cannot_be_proved_goes_to_quarantine_and_raises_an_alarm(
    door: Door, metrics: Metrics, header: str, reason: str
) -> None:
    raw = compact(door.zalo.webhooks.said(USER, "Câu hỏi riêng tư"))
    with capture_logs() as logs:
        assert await door.knock(raw, **({"X-ZEvent-Signature": header} if header else {})) == 200
    (row,) = await door.rows(quarantine)
    assert (row["raw"], row["reason"], await door.rows(inbox)) == (raw, reason, [])
    assert counted(metrics, "webhook", f"zalo_{reason}") == 1
    assert ([line["log_level"] for line in logs], "riêng tư" in str(logs)) == (["error"], False)


@pytest.mark.parametrize("name", ["app_id", "recipient"])
async def test_another_apps_or_accounts_event_is_not_taken(door: Door, name: str) -> None:
    event = door.zalo.webhooks.said(USER, "alo")
    event[name] = "999" if name == "app_id" else {"id": "999"}
    assert await door.bring(event) == 200
    assert (len(await door.rows(quarantine)), await door.rows(inbox)) == (1, [])


async def test_the_portals_sample_is_acknowledged_and_not_answered(door: Door) -> None:
    sample = {
        "app_id": door.zalo.account.app_id, "sender": {"id": "1"}, "recipient": {"id": "2"},
        "event_name": "user_send_text", "timestamp": "1500000000000",
        "message": {"text": "This is testing message", "msg_id": "This is message id"},
    }  # fmt: skip
    assert await door.bring(sample) == 200
    assert await door.rows(inbox) == []


async def test_a_full_quarantine_turns_strangers_away_and_takes_zalos(door: Door) -> None:
    row = {"channel": "zalo", "headers": {}, "raw": b"{}", "reason": "x"}
    now = door.zalo.clock.now()
    rows = [{**row, "received_at": now}] * MOST_ROWS
    await door.store.write(lambda c: Done(c.execute(insert(quarantine), rows)))
    assert [await door.knock(b'{"a":1}') for _ in range(3)] == [401] * 3
    assert await door.bring(door.zalo.webhooks.said(USER, "alo")) == 200
    assert len(await door.rows(quarantine)) == MOST_ROWS


async def test_when_the_store_is_gone_zalo_is_asked_to_come_again(door: Door) -> None:
    await door.store.close()
    assert await door.bring(door.zalo.webhooks.said(USER, "alo")) == 503
    assert await door.knock(b'{"a":1}') == 503
    assert await door.knock(b"{}") == 200


async def test_a_tapped_button_shows_the_words_that_stood_on_it(door: Door) -> None:
    await door.bring(door.zalo.webhooks.said(USER, "alo"))
    now = door.zalo.clock.now()
    question = Outgoing("Ông/bà chọn:", choices(2))
    await door.store.write(lambda c: Done(None, post(c, 1, "test", [question], now)))
    await door.bring(door.zalo.webhooks.said(USER, "#x:entry:procedure:2"))
    *_, line = await door.rows(message)
    assert (line["text"], line["body"]["payload"]) == ("Chọn 2", "#x:entry:procedure:2")


async def test_an_old_event_is_kept_and_noticed(door: Door, metrics: Metrics) -> None:
    event = door.zalo.webhooks.said(USER, "alo")
    door.zalo.clock.ahead = timedelta(days=2)
    assert await door.bring(event) == 200
    assert len(await door.rows(inbox)) == 1
    assert counted(metrics, "webhook", "zalo_late") == 1


async def test_an_unknown_event_is_kept_and_counted(door: Door, metrics: Metrics) -> None:
    ours = door.zalo.account.oa_id
    assert await door.bring(door.zalo.webhooks.event("user_danced", USER, ours)) == 200
    (row,) = await door.rows(inbox)
    assert (row["state"], row["event"]["kind"]) == ("noted", "other")
    assert counted(metrics, "webhook", "zalo_unknown_event") == 1


async def test_a_permission_taken_away_raises_an_alarm(door: Door, metrics: Metrics) -> None:
    event = {
        "event_name": "permission_revoked", "oa_id": door.zalo.account.oa_id,
        "app_id": door.zalo.account.app_id, "timestamp": "1795226400000",
    }  # fmt: skip
    assert await door.bring(event) == 200
    assert counted(metrics, "webhook", "zalo_alarm") == 1


async def test_who_leaves_is_not_written_to_until_he_writes(door: Door) -> None:
    unfollow = {
        "event_name": "unfollow", "oa_id": door.zalo.account.oa_id, "follower": {"id": USER},
        "app_id": door.zalo.account.app_id, "timestamp": "1795226400000",
    }  # fmt: skip
    await door.bring(unfollow)
    assert [row["blocked"] for row in await door.rows(conversation)] == [True]
    await door.bring(door.zalo.webhooks.said(USER, "alo"))
    assert [row["blocked"] for row in await door.rows(conversation)] == [False]


async def test_a_receipt_opens_no_window(door: Door) -> None:
    ours, about = door.zalo.account.oa_id, {"msg_id": "c1"}
    await door.bring(door.zalo.webhooks.event("user_received_message", ours, USER, about))
    assert [row["last_inbound_at"] for row in await door.rows(conversation)] == [None]


async def test_nothing_personal_is_logged(door: Door) -> None:
    event = door.zalo.webhooks.said(USER, "Số của tôi là 0912345678")
    with capture_logs() as logs:
        await door.bring(event)
        await door.bring({**event, "event_name": "user_danced"})
        await door.knock(compact(event))
    secrets = (USER, "0912345678", hashlib.sha256(b"").hexdigest(), "mac=")
    assert [secret for secret in secrets if secret in str(logs)] == []
