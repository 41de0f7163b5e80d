"""What Zalo posts, as records of the conversation."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.channels import UnreadablePayload
from bot.messages import Incoming
from handlers.zalo.channel import ZaloReader
from handlers.zalo.events import is_known
from tests.fakes.zalo.world import Account
from tests.handlers.zalo.samples import compact, load, payload_files
from tests.requirements import SHARED, require

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
READER = ZaloReader(Account().oa_id, lambda: NOW)
EXAMPLES = SHARED / "reference" / "zalo-examples"


def shown(event: Incoming, expected: dict[str, Any]) -> dict[str, Any]:
    record = event.as_json()
    return {name: record[name] for name in expected}


@pytest.mark.parametrize("path", payload_files(), ids=lambda path: path.stem)
def test_each_payload_becomes_the_record_beside_it(path: Path) -> None:
    case = load(path)
    events = READER.parse(compact(case["payload"]))
    assert [shown(e, x) for e, x in zip(events, case["expected"], strict=True)] == case["expected"]


@pytest.mark.parametrize("path", payload_files(), ids=lambda path: path.stem)
def test_a_payload_posted_again_has_the_same_key(path: Path) -> None:
    raw = compact(load(path)["payload"])
    assert [e.event_id for e in READER.parse(raw)] == [e.event_id for e in READER.parse(raw)]


def test_the_examples_of_the_reference_are_all_known() -> None:
    require("shared")
    events = [load(path) for path in sorted(EXAMPLES.glob("webhook_*.json"))]
    names = [event["event_name"] for event in events if event]
    assert len(names) > 25
    assert [name for name in names if not is_known(name)] == []


def test_the_moment_is_zalos_own() -> None:
    raw = compact(load(next(p for p in payload_files() if p.stem == "text"))["payload"])
    assert READER.parse(raw)[0].at == datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "timestamp", ["", "abc", "99999999999999999999999", "9995226400000", "-1", "٣٣٣٣٣٣٣٣٣٣٣", None]
)
def test_a_moment_nobody_can_believe_counts_as_now(timestamp: object) -> None:
    event = {"event_name": "user_send_text", "sender": {"id": "1"}, "timestamp": timestamp}
    assert READER.parse(compact(event))[0].at == NOW


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"hello", id="no JSON"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'"text"', id="a text"),
        pytest.param(b'{"a":NaN}', id="NaN"),
        pytest.param(b'{"a":"\xff\xfe"}', id="invalid UTF-8"),
        pytest.param('{"a":1}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, id="deep nesting"),
        pytest.param(b"\x00", id="NUL"),
    ],
)
def test_what_is_no_object_of_json_cannot_be_read(raw: bytes) -> None:
    with pytest.raises(UnreadablePayload):
        READER.parse(raw)


@pytest.mark.parametrize(
    "message",
    [
        pytest.param('{"msg_id":"m1","text":"\\ud800đất\\udfff"}', id="lone surrogates"),
        pytest.param('{"msg_id":"m1","text":"\\u0000đất\\u202e"}', id="NUL and bidi"),
        pytest.param('{"msg_id":"m1","text":"đất","rate":' + "9" * 9000 + "}", id="huge number"),
        pytest.param('{"msg_id":"m1","text":"đất","attachments":[[[1]]]}', id="odd attachments"),
    ],
)
def test_hostile_texts_are_cleaned_and_kept(message: str) -> None:
    raw = f'{{"event_name":"user_send_text","sender":{{"id":"7"}},"message":{message}}}'
    (event,) = READER.parse(raw.encode())
    assert (event.text, event.address) == ("đất", "7")


@pytest.mark.parametrize("identity", ['"\\u0000"', '"\\ud800"', '""', '"' + "9" * 500 + '"', "{}"])
def test_an_id_no_database_could_keep_is_none(identity: str) -> None:
    raw = f'{{"event_name":"user_send_text","sender":{{"id":{identity}}},"timestamp":"1"}}'
    (event,) = READER.parse(raw.encode())
    assert event.address == f"oa:{Account().oa_id}"


def test_a_very_long_message_id_still_makes_a_short_key() -> None:
    event = {
        "event_name": "user_send_text",
        "sender": {"id": "7"},
        "message": {"msg_id": "m" * 150},
    }
    assert len(READER.parse(compact(event))[0].event_id) <= 200
