"""How long a body may be is said by its route, and kept whatever the sender announces."""

from collections.abc import AsyncIterator

import pytest

from handlers.routes import Access, Route
from tests.handlers.site_world import Client, open_chat

LONG = b"a=" + b"b" * (64 * 1024)


async def nobody(_request: object) -> None:
    """Stands for a handler."""


async def in_pieces(body: bytes) -> AsyncIterator[bytes]:
    """Send a body without saying how long it is."""
    for start in range(0, len(body), 1000):
        yield body[start : start + 1000]


@pytest.mark.parametrize(
    ("access", "most"),
    [(Access.PUBLIC, 65536), (Access.CONVERSATION, 65536), (Access.SESSION, 524288)],
)
def test_officers_write_longer_than_strangers(access: Access, most: int) -> None:
    assert Route("POST", "/x", nobody, access).longest_body == most  # type: ignore[arg-type]


@pytest.mark.parametrize("announced", [True, False], ids=["with its length", "without"])
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/hoi", "application/x-www-form-urlencoded"),
        ("/tra-cuu", "application/x-www-form-urlencoded"),
        ("/api/v1/chat", "application/json"),
    ],
)
async def test_a_strangers_body_is_read_no_further(
    visitor: Client, path: str, kind: str, announced: bool
) -> None:
    body = LONG if announced else in_pieces(LONG)
    headers = {"Content-Type": kind}
    assert (await visitor.post(path, data=body, headers=headers)).status == 413


async def test_the_longest_message_fits_however_it_is_written(visitor: Client) -> None:
    token = await open_chat(visitor)
    post = {"conversation": token, "client_id": "c", "text": "ế" * 4000}
    assert (await visitor.post("/api/v1/chat", json=post)).status == 202
    assert (await visitor.post("/hoi", data={"text": "ế" * 4000})).status == 200
