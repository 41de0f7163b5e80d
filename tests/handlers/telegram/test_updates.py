"""What Telegram tells, as records of the conversation."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.channels import UnreadablePayload
from bot.conversation.cues import command_in
from bot.messages import Incoming
from bot.wording import Wording
from handlers.telegram.channel import TelegramReader
from handlers.telegram.commands import GROUP_MENU, MENU, WORDS
from tests.handlers.telegram.samples import compact, load, payload_files

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
READER = TelegramReader("7012345678", lambda: NOW, "danhoi_thu_bot")
_ALWAYS = ("event_id", "address", "kind")
_WHERE_ANY = ("text", "payload", "refers_to", "detail", "attachments")


def shown(event: Incoming) -> dict[str, Any]:
    record = event.as_json()
    there = [name for name in _WHERE_ANY if record[name]]
    return {name: record[name] for name in (*_ALWAYS, *there)}


@pytest.mark.parametrize("path", payload_files(), ids=lambda path: path.stem)
def test_each_update_becomes_the_record_beside_it(path: Path) -> None:
    case = load(path)
    assert [shown(e) for e in READER.parse(compact(case["payload"]))] == case["expected"]


@pytest.mark.parametrize("path", payload_files(), ids=lambda path: path.stem)
def test_an_update_told_again_has_the_same_key(path: Path) -> None:
    raw = compact(load(path)["payload"])
    assert [e.event_id for e in READER.parse(raw)] == [e.event_id for e in READER.parse(raw)]


@pytest.mark.parametrize("raw", [b"hello", b"[]", b'"text"', b'{"a":"\xff"}', b"\x00", b""])
def test_what_is_no_object_of_json_cannot_be_read(raw: bytes) -> None:
    with pytest.raises(UnreadablePayload):
        READER.parse(raw)


def test_the_moment_is_telegrams_own_but_never_ahead_of_ours() -> None:
    case = load(next(path for path in payload_files() if path.stem == "text"))["payload"]
    (event,) = READER.read(case)
    assert event.at == datetime.fromtimestamp(case["message"]["date"], UTC)
    case["message"]["date"] = 2_000_000_000
    (event,) = READER.read(case)
    assert event.at == NOW


def test_hostile_texts_are_cleaned() -> None:
    case = load(next(path for path in payload_files() if path.stem == "text"))["payload"]
    case["message"]["text"] = "\ud800đất\u0000\u202e"
    assert READER.read(case)[0].text == "đất"


@pytest.mark.parametrize("command", sorted(WORDS))
def test_each_command_is_an_order_in_plain_words(command: str) -> None:
    assert command_in(WORDS[command]) is not None


def test_every_command_of_the_menus_says_what_it_does() -> None:
    wording = Wording.load()
    assert [n for n in (*MENU, *GROUP_MENU) if f"telegram.command.{n}" not in wording] == []
    assert set(MENU) <= set(WORDS)
