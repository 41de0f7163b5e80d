"""Who is calling, as far as an address tells."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from multidict import CIMultiDict

from handlers.callers import caller_of, is_local, know_client


async def ask(proxies: tuple[str, ...], *headers: tuple[str, str]) -> list[object]:
    """Call from loopback; return under which key one is counted, and whether one is local."""

    async def tell(request: web.Request) -> web.StreamResponse:
        return web.json_response([caller_of(request), is_local(request)])

    app = web.Application(middlewares=[know_client(proxies)])
    app.router.add_get("/", tell)
    async with TestClient(TestServer(app)) as client:
        found: list[object] = await (await client.get("/", headers=CIMultiDict(headers))).json()
        return found


@pytest.mark.parametrize(
    ("hops", "key"),
    [
        pytest.param(["203.0.113.9"], "203.0.113.9", id="an address"),
        pytest.param(["203.0.113.9:5544"], "203.0.113.9", id="with a port"),
        pytest.param(["6.6.6.6, 203.0.113.9"], "203.0.113.9", id="what the caller wrote left"),
        pytest.param(["6.6.6.6", "203.0.113.9"], "203.0.113.9", id="in a header of its own"),
        pytest.param(["203.0.113.9, 127.0.0.1"], "203.0.113.9", id="behind two proxies"),
        pytest.param(["::ffff:203.0.113.9"], "203.0.113.9", id="IPv4 written as IPv6"),
        pytest.param(["2001:db8:1:2:3::4"], "2001:db8:1:2::/64", id="a network of IPv6"),
        pytest.param(["[2001:db8:1:2:3::4]:443"], "2001:db8:1:2::/64", id="in brackets"),
        pytest.param(["fe80::1%eth0"], "fe80::/64", id="with a zone"),
        pytest.param(["6.6.6.6, unknown"], "127.0.0.1", id="no address: the proxy counts"),
        pytest.param([""], "127.0.0.1", id="nothing"),
    ],
)
async def test_a_caller_is_counted_by_what_trusted_proxies_say(hops: list[str], key: str) -> None:
    headers = [("X-Forwarded-For", hop) for hop in hops]
    assert (await ask(("127.0.0.1",), *headers))[0] == key
    assert (await ask((), *headers))[0] == "127.0.0.1"


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"])
async def test_what_a_proxy_passes_on_is_not_local(header: str) -> None:
    assert (await ask(()))[1] is True
    assert (await ask((), (header, "127.0.0.1")))[1] is False
