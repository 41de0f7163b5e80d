"""Zalo finds the proof that the domain is ours; nobody else's proof is served."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings
from tests.handlers.site_world import Client, site, visiting

TAG = '<meta name="zalo-platform-site-verification" content="Ab3_x-9">'


@pytest.fixture
async def registered(database_url: str, tmp_path: Path) -> AsyncIterator[Client]:
    proof = ("Ab3_x-9",)
    async with (
        site(database_url, tmp_path, zalo_domain_proof=proof) as world,
        visiting(world) as client,
    ):
        yield client


@pytest.mark.parametrize("path", ["/", "/zalo_verifierAb3_x-9.html"])
async def test_the_code_stands_in_the_home_page_and_in_a_file(
    registered: Client, path: str
) -> None:
    response = await registered.get(path)
    assert response.status == 200
    assert TAG in await response.text()


async def test_a_code_that_is_not_ours_is_not_served(registered: Client) -> None:
    assert (await registered.get("/zalo_verifierOther.html")).status == 404


async def test_without_a_code_the_home_page_claims_nothing(visitor: Client) -> None:
    assert "zalo-platform" not in await (await visitor.get("/")).text()


def test_a_code_that_could_be_markup_is_refused_at_the_start() -> None:
    with pytest.raises(ValidationError, match="no code of a domain proof"):
        Settings(_env_file=None, zalo_domain_proof='x"><script>')  # type: ignore[call-arg,arg-type]
