"""Payload files and messages for the contract tests of Zalo."""

import json
from pathlib import Path
from typing import Any

from bot.channels import Delivery
from bot.messages import Button, Outgoing

PAYLOADS = Path(__file__).parents[2] / "payloads" / "zalo"
SIGNATURES = PAYLOADS / "signatures.json"
USER = "8855220011447733661"


def payload_files() -> list[Path]:
    return sorted(path for path in PAYLOADS.glob("*.json") if path != SIGNATURES)


def request_files() -> list[Path]:
    """Return messages of ours beside the exact requests that say them."""
    return sorted((PAYLOADS / "requests").glob("*.json"))


def load(path: Path) -> Any:  # noqa: ANN401
    return json.loads(path.read_text(encoding="utf-8"))


def compact(record: object) -> bytes:
    """Return JSON as Zalo writes it."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


def delivery(text: str = "Dạ, chào ông/bà.", outbox_id: int = 1, **more: Any) -> Delivery:  # noqa: ANN401
    """Return a message on its way to the citizen of the tests."""
    return Delivery(outbox_id, 1, USER, Outgoing(text, **more))


def choices(number: int) -> tuple[Button, ...]:
    """Return buttons of ours."""
    return tuple(Button(f"Chọn {n}", f"#x:entry:procedure:{n}") for n in range(1, number + 1))
