"""What every answer has in common."""

import gzip
from pathlib import Path

import pytest

from tests.handlers.site_world import Client, open_chat, site, visiting


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/", id="page"),
        pytest.param("/khong-co", id="page that is not there"),
        pytest.param("/hoi-dap/1-cau", id="question that is not there"),
        pytest.param("/static/mark.svg", id="file"),
        pytest.param("/api/v1/chat/khong-co", id="data"),
    ],
)
async def test_every_answer_is_hardened(visitor: Client, path: str) -> None:
    response = await visitor.get(path, allow_redirects=False)
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"


async def test_a_way_on_is_hardened_and_not_kept(visitor: Client) -> None:
    response = await visitor.post("/hoi", data={"ask": "Xin chào"}, allow_redirects=False)
    assert response.status == 303
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"


async def test_a_stream_is_hardened(visitor: Client) -> None:
    response = await visitor.get(f"/api/v1/chat/{await open_chat(visitor)}/events")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


async def test_only_the_embedded_chat_may_be_framed(database_file: Path, tmp_path: Path) -> None:
    friend = ("https://xa.example",)
    async with (
        site(database_file, tmp_path, embed_origins=friend) as world,
        visiting(world) as client,
    ):
        framed, closed = await client.get("/nhung"), await client.get("/")
    assert "frame-ancestors https://xa.example" in framed.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed.headers
    assert closed.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("packing", ["gzip", "deflate", "identity"])
async def test_a_packed_body_is_turned_away_and_the_connection_closed(
    visitor: Client, packing: str
) -> None:
    body, headers = gzip.compress(b"x" * 10_000), {"Content-Encoding": packing}
    response = await visitor.post("/hoi", data=body, headers=headers)
    assert (response.status, response.headers["Connection"]) == (415, "close")


@pytest.mark.parametrize("path", ["/", "/hoi-dap", "/chuyen-muc", "/static/mark.svg"])
async def test_a_monitor_may_ask_whether_a_page_is_there(visitor: Client, path: str) -> None:
    response = await visitor.head(path)
    assert (response.status, await response.read()) == (200, b"")


async def test_what_is_not_for_everybody_is_not_asked_for_by_head(
    visitor: Client,
) -> None:
    token = await open_chat(visitor)
    assert (await visitor.head(f"/api/v1/chat/{token}/events")).status == 405
