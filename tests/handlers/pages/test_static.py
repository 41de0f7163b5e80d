"""Style sheets, scripts and pictures."""

import re

import pytest

from tests.handlers.site_world import Client


async def test_every_file_a_page_names_is_there_for_ever(visitor: Client) -> None:
    page = await (await visitor.get("/")).text()
    addresses = set(re.findall(r"/static/[^\"#]+", page))
    assert len(addresses) >= 3
    for address in addresses:
        response = await visitor.get(address)
        assert response.status == 200
        assert "immutable" in response.headers["Cache-Control"]


async def test_a_file_without_its_version_is_asked_for_again(visitor: Client) -> None:
    first = await visitor.get("/static/line.js")
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.headers["Content-Type"] == "text/javascript; charset=utf-8"
    again = await visitor.get("/static/line.js", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304


async def test_files_are_compressed_for_those_who_can_read_it(visitor: Client) -> None:
    plain = await visitor.get("/static/style.css", headers={"Accept-Encoding": "identity"})
    packed = await visitor.get("/static/style.css", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert await packed.read() == await plain.read()


@pytest.mark.parametrize("name", ["..%2Fsite.py", "%2e%2e/site.py", "khong-co.css", "", "%00"])
async def test_nothing_else_is_served(visitor: Client, name: str) -> None:
    assert (await visitor.get(f"/static/{name}")).status == 404


async def test_search_engines_stay_away_from_single_citizens(visitor: Client) -> None:
    rules = await (await visitor.get("/robots.txt")).text()
    assert "Disallow: /tra-cuu" in rules
    assert "Disallow: /thu-tuc" not in rules


async def test_the_old_icon_address_leads_to_the_mark(visitor: Client) -> None:
    assert (await visitor.get("/favicon.ico")).url.path == "/static/mark.svg"
