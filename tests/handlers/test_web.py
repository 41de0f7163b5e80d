"""What every answer has in common."""

import asyncio
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


@pytest.mark.parametrize("path", ["/", "/khong-co", "/static/mark.svg"])
async def test_no_answer_tells_what_runs_here(visitor: Client, path: str) -> None:
    assert "Server" not in (await visitor.get(path)).headers


@pytest.mark.parametrize("path", ["/khong-co", "/api/v1/chat/khong-co", "/can-bo/khong-co"])
async def test_what_is_for_one_caller_is_kept_by_nobody(visitor: Client, path: str) -> None:
    response = await visitor.get(path, allow_redirects=False)
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/hoi", "/tra-cuu", "/vi-sao"])
async def test_a_form_for_everybody_is_sent_from_our_own_page(visitor: Client, path: str) -> None:
    headers = {"Origin": "https://elsewhere.example"}
    assert (await visitor.post(path, data={"text": "a"}, headers=headers)).status == 403


async def test_a_way_on_is_hardened_and_not_kept(visitor: Client) -> None:
    response = await visitor.post("/hoi", data={"ask": "Xin chào"}, allow_redirects=False)
    assert response.status == 303
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"


async def test_a_stream_is_hardened(visitor: Client) -> None:
    response = await visitor.get(f"/api/v1/chat/{await open_chat(visitor)}/events")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


async def test_only_the_embedded_chat_may_be_framed(database_url: str, tmp_path: Path) -> None:
    friend = ("https://xa.example",)
    async with (
        site(database_url, tmp_path, embed_origins=friend) as world,
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


_PART = '--x\r\nContent-Disposition: form-data; name="{}"\r\n{}\r\n{}\r\n--x--\r\n'


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(_PART.format("ask", "Content-Transfer-Encoding: zzz\r\n", "a"), id="encoding"),
        pytest.param(_PART.format("_charset_", "", "a" * 40), id="long name of a charset"),
        pytest.param(
            _PART.format("ask", "Content-Type: text/plain; charset=zz\r\n", "a"), id="set"
        ),
        pytest.param("no parts at all", id="no parts"),
    ],
)
async def test_a_form_nobody_can_read_is_a_bad_request(visitor: Client, body: str) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert (await visitor.post("/hoi", data=body, headers=headers)).status == 400


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        pytest.param(b"GET /hoi HTTP/1.1\r\nCookie: danhoi_chat=\xff\xfe", 200, id="chat cookie"),
        pytest.param(b"GET / HTTP/1.1\r\nCookie: danhoi_session=\xff", 200, id="login cookie"),
        pytest.param(b"GET / HTTP/1.1\r\nAuthorization: Bearer \xff", 200, id="bearer token"),
        pytest.param(b"GET /hoi?trang=" + b"9" * 5000 + b" HTTP/1.1", 200, id="endless number"),
        pytest.param(b"GET /api/v1/chat/%ff%fe HTTP/1.1", 404, id="token of a conversation"),
        pytest.param(b"POST /hoi HTTP/1.1\r\nOrigin: http://[", 403, id="origin that is none"),
        pytest.param(b"GET /?\xff HTTP/1.1", 400, id="bytes in the address"),
        pytest.param(b"GET / HTTP/1.1\r\nX-Forwarded-For: \xff", 200, id="forwarded for nobody"),
    ],
)
async def test_odd_bytes_do_no_harm(visitor: Client, request_: bytes, status: int) -> None:
    reader, writer = await asyncio.open_connection(visitor.host, visitor.port)
    writer.write(request_ + b"\r\nHost: a\r\nConnection: close\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    assert int(answer.split()[1]) == status, answer[:300]
