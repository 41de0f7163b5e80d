"""Logs tell what happened and never whose it was."""

import io
import logging

import pytest
import structlog

from bot.operations.logs import Scrubber, configure_logs

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
