"""Logs tell what happened and never whose it was."""

import asyncio
import io
import json
import logging

import pytest
import structlog
from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage
from aiohttp.test_utils import TestServer

from bot.operations.logs import Scrubber, configure_logs, keep_tracebacks_plain
from bot.operations.malformed import MalformedRequests

SECRET = "Sup3rSecretValue"


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("GET /tra-cuu/4K7M2P9?k=abcdefgh", id="status page with key"),
        pytest.param("POST /api/v1/chat/AbCdEf0123456789 202", id="conversation token"),
        pytest.param("Authorization: Bearer abc.def", id="bearer token"),
        pytest.param("{'access_token': 'abc-abc-abc'}", id="token in a dictionary"),
        pytest.param(f"failed with {SECRET}", id="configured secret"),
        pytest.param("bot 123456789:AAabcdefghijklmnopqrstuvwxyz0123456", id="bot token"),
        pytest.param("/bot123456789:AAabcdefghijklmnopqrstuvwxyz0123456/getMe", id="in an address"),
        pytest.param("call 0912 345 678 now", id="telephone number"),
    ],
)
def test_a_secret_does_not_reach_the_log(line: str) -> None:
    clean = Scrubber([SECRET])(line)
    secrets = ("4K7M2P9", "abcdefgh", "AbCdEf", "abc.def", "abc-abc", SECRET, "AAabc", "345 678")
    assert not [secret for secret in secrets if secret in clean]


def test_an_ordinary_line_stays_as_it_is() -> None:
    line = "import finished rows=4852 changed=0 seconds=12.5"
    assert Scrubber()(line) == line


@pytest.fixture
def stream() -> io.StringIO:
    configure_logs("INFO", "json", [SECRET])
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    captured = io.StringIO()
    handler.setStream(captured)
    return captured


def test_tracebacks_of_libraries_are_scrubbed_too(stream: io.StringIO) -> None:
    try:
        raise RuntimeError(f"refused {SECRET}")
    except RuntimeError:
        logging.getLogger("some.library").exception("could not call")
    assert "RuntimeError" in stream.getvalue()
    assert SECRET not in stream.getvalue()


def test_values_of_our_own_events_are_scrubbed(stream: io.StringIO) -> None:
    structlog.get_logger().info("called", url=f"https://example.com?token={SECRET}")
    assert "called" in stream.getvalue()
    assert SECRET not in stream.getvalue()


@pytest.mark.parametrize("shape", ["json", "text"])
def test_nothing_that_is_logged_forges_a_line_or_moves_a_terminal(shape: str) -> None:
    forged = "x\n2026-11-16 [info] all is well\x1b[2J\x85\u2028\u202e"
    configure_logs("INFO", shape)
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    captured = io.StringIO()
    handler.setStream(captured)
    logging.getLogger("some.library").warning("refused %s", forged)
    structlog.get_logger().warning("refused", why=forged, brief="\x1b[31m")
    assert len(captured.getvalue().splitlines()) == 2
    assert "\x1b" not in captured.getvalue()


async def send_raw(request: bytes) -> bytes:
    """Send bytes to a real server and return what it answers."""

    async def read(request: web.Request) -> web.StreamResponse:
        return web.Response(text=await request.text())

    app = web.Application()
    app.router.add_route("*", "/", read)
    async with TestServer(app) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(request)
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        return answer


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"5\r\nphone\r\nMY-0912345678\r\n",
            id="badly framed body",
        ),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: a\r\nX-Odd\x01: MY-0912345678\x00\r\n\r\n", id="odd header"
        ),
        pytest.param(b"GET /MY-0912345678\x00 HTTP/9.9\r\n\r\n", id="odd address"),
        pytest.param(
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: MY-1\r\n\r\n", id="odd length"
        ),
    ],
)
async def test_malformed_http_is_told_of_without_a_byte_of_it(
    stream: io.StringIO, request_: bytes
) -> None:
    assert b" 400 " in await send_raw(request_)
    (line,) = stream.getvalue().splitlines()
    told = json.loads(line)
    assert (told["event"], told["level"]) == ("malformed requests refused", "warning")
    assert "MY" not in line


def test_a_flood_of_malformed_requests_is_one_line_a_minute() -> None:
    told, sieve = [], MalformedRequests()
    for second in (0.0, 1.0, 2.0, 61.0):
        error = BadHttpMessage("secret")
        record = logging.LogRecord("", 40, "", 1, "x", (), (BadHttpMessage, error, None))
        record.created = second
        if sieve.filter(record):
            told.append((second, getattr(record, "count", None), record.exc_info))
    assert told == [(0.0, 1, None), (61.0, 3, None)]


@pytest.mark.parametrize("shape", ["text", "json"])
def test_a_traceback_tells_no_values_of_variables(shape: str) -> None:
    configure_logs("INFO", shape)
    captured = io.StringIO()
    logging.getLogger().handlers[0].setStream(captured)  # type: ignore[attr-defined]
    what_a_citizen_wrote = "chuyện " + "riêng"
    try:
        raise RuntimeError(len(what_a_citizen_wrote))
    except RuntimeError:
        structlog.get_logger("fresh").exception("failed")
    assert "RuntimeError: 12" in captured.getvalue()
    assert "chuyện riêng" not in captured.getvalue()


def test_commands_tell_no_values_of_variables_either(capsys: pytest.CaptureFixture[str]) -> None:
    keep_tracebacks_plain()
    what_a_citizen_wrote = "chuyện " + "riêng"
    try:
        raise RuntimeError(len(what_a_citizen_wrote))
    except RuntimeError:
        structlog.wrap_logger(structlog.PrintLogger()).exception("failed")
    told = capsys.readouterr().out
    assert "RuntimeError: 12" in told
    assert "chuyện riêng" not in told
