"""Whatever comes from outside, each reader answers or says no in its own words.

Importers have tests of their own (tests/knowledge/importers/test_any_bytes.py), so have masks,
clocks, codes, months and the matcher; the machine API is tried from its own description.
"""

import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.channels import UnreadablePayload
from bot.conversation.payloads import read_payload
from bot.errors import BotError
from bot.links import hosts_in, without_unlisted
from bot.media.content import IdentityPaper, NotTaken, examine
from bot.moments import utc_now
from bot.office.trust import AsksTooMuch, UnlistedLink, check_trust
from bot.questions.codes import find_code, parse_code
from bot.questions.life import Act
from bot.reach.roads import number_in, without_numbers
from bot.settings import Settings
from handlers.api.questions import BadRequest as BadDeed
from handlers.api.questions import read_deed
from handlers.callers import read_address
from handlers.telegram.channel import TelegramReader
from handlers.telegram.commands import read_command
from handlers.webchat.channel import WebChat
from handlers.webchat.forms import read_parts
from handlers.webchat.requests import BadRequest, TooLong, read_post
from handlers.zalo.channel import ZaloReader
from knowledge.text import clean
from tests.bot.media.pictures import with_code

MANY = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
#: letters that mean something to a reader, among those that mean nothing
TEXT = st.text(max_size=200) | st.text(
    alphabet='0123456789.,:;/@#=-_[]()"\\ \r\n%aZđệ', max_size=400
)


def captured(channel: str) -> list[Any]:
    """Return a provider's requests as they really came."""
    files = sorted((Path(__file__).parent / "payloads" / channel).glob("*.json"))
    records = [json.loads(path.read_text(encoding="utf-8")) for path in files]
    return [record["payload"] for record in records if "payload" in record]


@st.composite
def spoilt(draw: st.DrawFn, records: Sequence[Any]) -> bytes:
    """Return an honest request in which some values are others."""
    record = deepcopy(draw(st.sampled_from(records)))
    for _ in range(draw(st.integers(1, 3))):
        place = record
        while isinstance(place, dict | list) and place:
            names = sorted(place) if isinstance(place, dict) else range(len(place))
            name: Any = draw(st.sampled_from(names))
            if isinstance(place[name], dict | list) and draw(st.booleans()):
                place = place[name]
                continue
            place[name] = draw(JSON)
            break
    return json.dumps(record).encode()


def bytes_or(records: Sequence[Any]) -> st.SearchStrategy[bytes]:
    """Return bytes of any kind, and honest requests a little changed."""
    return st.binary(max_size=300) | JSON.map(lambda v: json.dumps(v).encode()) | spoilt(records)


POST = {"conversation": "c" * 32, "client_id": "1", "text": "làm khai sinh"}
STORED = {"address": "a", "client_id": "1", "text": "x", "at": "2026-11-16T02:00:00Z", "files": []}
DEED = {"text": "Nộp ở xã.", "basis": "Luật Hộ tịch", "version": 3}
FORM = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n',
    b"\x89PNG\r\n\x1a\n", b"\r\n--x", b"--", b"\r\n", b"\r\n\r\n", b"%PDF-1.7\n", b"%%EOF",
    b"PK\x03\x04", b"\xff\xd8\xff", b"filename*=UTF-8''%zz", b'name="', b"\x00",
)  # fmt: skip
PIECES = st.lists(st.sampled_from(FORM) | st.binary(max_size=20), max_size=12).map(b"".join)


@pytest.mark.parametrize(
    ("given_", "reader", "refusals"),
    [
        pytest.param(
            bytes_or(captured("zalo")), ZaloReader("1", utc_now).parse, (UnreadablePayload,),
            id="Zalo's webhook",
        ),
        pytest.param(
            bytes_or(captured("telegram")), TelegramReader("7", utc_now, "b").parse,
            (UnreadablePayload,), id="Telegram's updates",
        ),
        pytest.param(bytes_or([POST]), read_post, (BadRequest, TooLong), id="the chat's JSON"),
        pytest.param(
            bytes_or([STORED]), WebChat(utc_now).parse, (UnreadablePayload,), id="a stored request"
        ),
        pytest.param(
            bytes_or([DEED]), lambda body: read_deed(Act.DRAFT, body), (BadDeed,), id="a deed"
        ),
        pytest.param(PIECES, examine, (NotTaken, IdentityPaper), id="a citizen's file"),
        pytest.param(
            PIECES, lambda body: read_parts(body, "multipart/form-data; boundary=x"),
            (BadRequest,), id="a form with a file",
        ),
        pytest.param(
            TEXT, lambda kind: read_parts(b"--x--", f"multipart/form-data; {kind}"),
            (BadRequest,), id="the kind of a form",
        ),
    ],
)  # fmt: skip
def test_any_bytes(
    given_: st.SearchStrategy[Any],
    reader: Callable[[Any], object],
    refusals: tuple[type[BotError], ...],
) -> None:
    @MANY
    @given(given_)
    def read(value: Any) -> None:  # noqa: ANN401
        try:
            reader(value)
        except refusals:
            return

    read()


@pytest.mark.parametrize(
    "reader",
    [
        pytest.param(read_address, id="what proxies say of an address"),
        pytest.param(parse_code, id="a receipt's code"),
        pytest.param(find_code, id="a code among words"),
        pytest.param(read_payload, id="what a button carries"),
        pytest.param(lambda text: read_payload(f"#x:{text}"), id="a button of ours, changed"),
        pytest.param(lambda text: read_command(f"/{text}"), id="a command"),
        pytest.param(number_in, id="a telephone number"),
        pytest.param(without_numbers, id="telephone numbers, taken out"),
        pytest.param(hosts_in, id="links"),
        pytest.param(lambda text: without_unlisted(text, "…"), id="links, taken out"),
        pytest.param(clean, id="words, cleaned"),
    ],
)
@MANY
@given(text=TEXT)
def test_any_words(reader: Callable[[str], object], text: str) -> None:
    reader(text)


@MANY
@given(TEXT)
def test_an_answer_is_judged_whatever_it_says(text: str) -> None:
    try:
        check_trust(text)
    except (UnlistedLink, AsksTooMuch):
        return


_NAMES = st.sampled_from(sorted(set(Settings.model_fields)))


@MANY
@given(st.dictionaries(_NAMES, TEXT, max_size=4))
def test_settings_are_taken_or_named_as_wrong(values: dict[str, str]) -> None:
    try:
        Settings(_env_file=None, **values)  # type: ignore[call-arg,arg-type]
    except ValidationError:
        return


@settings(MANY, max_examples=25)
@given(st.text(alphabet="0123456789|<PVNM Aệ", min_size=1, max_size=60))
def test_a_code_on_a_picture_is_a_papers_or_none(said: str) -> None:
    try:
        assert examine(with_code(said)).content
    except IdentityPaper:
        is_paper = said[:12].isdigit() or "VNM" in said
        assert is_paper
