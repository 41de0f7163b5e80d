"""The running server against callers who do not keep to what browsers do."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.acceptance.service import running


@pytest.fixture
async def anybody(database_url: str, tmp_path: Path) -> AsyncIterator[ClientSession]:
    """Return somebody at the door of a running service."""
    async with (
        running(database_url, tmp_path / "var") as service,
        ClientSession(service.address) as session,
    ):
        yield session


@pytest.mark.parametrize("packing", ["gzip", "br", "zstd", "identity"])
async def test_a_packed_body_is_turned_away_before_it_is_read(
    anybody: ClientSession, packing: str
) -> None:
    headers = {"Content-Encoding": packing}
    async with anybody.post("/hoi", data=b"\x1f\x8bnot packed at all", headers=headers) as answer:
        assert (answer.status, answer.headers["Connection"]) == (415, "close")


async def test_monitors_ask_with_head_and_measures_stay_on_the_machine(
    anybody: ClientSession,
) -> None:
    async with anybody.head("/healthz") as live, anybody.head("/") as page:
        assert (live.status, page.status) == (200, 200)
    async with anybody.get("/metrics") as here:
        assert here.status == 200
    async with anybody.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}) as passed_on:
        assert passed_on.status == 401
