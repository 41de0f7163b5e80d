"""Structured logs without personal text: events are words of ours, values are scrubbed.

Modules log with `structlog.get_logger()` and never pass a citizen's words, an address, a code
of a question or a key. The scrubber is the second line: it removes what looks like a secret
from every record, tracebacks and other libraries' records included.
"""

import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any

import structlog

_HIDDEN = "[ẩn]"
#: keys in query strings and headers whose values never belong in a log
_NAMED_SECRET = re.compile(
    r"(?i)\b(k|key|token|access_token|refresh_token|secret_key|password|authorization|cookie|code"
    r"|code_verifier|x-zevent-signature|mac)([\"']?\s*[=:]\s*[\"']?)(?!\s)[^\s\"'&,;}]+"
)
_BEARER = re.compile(r"(?i)\bbearer\s+\S+")
_BOT_TOKEN = re.compile(r"(?<!\d)\d{6,12}(?::|%3A)[A-Za-z0-9_-]{30,}")
_LONG_NUMBER = re.compile(r"(?<![\w.])\+?\d[\d .-]{7,}\d(?![\w.])")
#: what forges lines and moves terminals: controls, line ends of Unicode, marks of direction
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_OF_SEVERAL_LINES = ("exception", "stack")
_TRACK = re.compile(r"(/tra-cuu/)[^\s/?\"]+")
_CHAT = re.compile(r"(/api/v1/chat/)[^\s/?\"]+")


def _on_one_line(text: str) -> str:
    """Return a text in which nothing begins a line, colours a terminal or turns the writing."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class Scrubber:
    """Replaces secrets in text: the configured ones literally, others by shape."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({s for s in secrets if len(s) >= 6}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, text: str) -> str:
        """Return the text without secrets, telephone and identity numbers."""
        if self._known:
            text = self._known.sub(_HIDDEN, text)
        for pattern in (_BEARER, _BOT_TOKEN, _LONG_NUMBER):
            text = pattern.sub(_HIDDEN, text)
        for pattern in (_TRACK, _CHAT):
            text = pattern.sub(rf"\1{_HIDDEN}", text)
        return _NAMED_SECRET.sub(rf"\1\2{_HIDDEN}", text)

    def scrub_event(
        self, _logger: object, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Scrub every string of a structlog record (a structlog processor)."""
        for key, value in event.items():
            if isinstance(value, str) and key != "timestamp":
                lines = value.split("\n") if key in _OF_SEVERAL_LINES else [value]
                event[key] = "\n".join(_on_one_line(self(line)) for line in lines)
        return event


def keep_tracebacks_plain() -> None:
    """Let commands print failures as we log them: no values of variables, no secrets."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.set_exc_info,
            structlog.processors.format_exc_info,
            Scrubber().scrub_event,
            _console(),
        ]
    )


def _console() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def configure_logs(level: str, shape: str, secrets: Iterable[str] = ()) -> None:
    """Send all logs, ours and the libraries', to standard error in one shape ("text" or "json")."""
    from bot.operations.malformed import MalformedRequests  # commands need no web server

    scrubber = Scrubber(secrets)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        scrubber.scrub_event,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if shape == "json" else _console()
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared[:-1],
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared[:-1]],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                scrubber.scrub_event,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.getLogger("aiohttp.server").filters[:] = [MalformedRequests()]
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("procrastinate").setLevel(logging.WARNING)  # else four lines a message
    for name in ("httpx", "httpcore", "telegram"):  # they tell addresses, which hold the token
        logging.getLogger(name).setLevel(logging.WARNING)
