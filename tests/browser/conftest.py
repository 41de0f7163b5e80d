"""A prepared service and a browser; everything here is long."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.stage import Visitor, chromium, copied, prepare, running
from tests.requirements import require


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a migrated database, starter knowledge and its index."""
    require("chromium")
    var = tmp_path_factory.mktemp("stage")
    asyncio.run(prepare(var))
    return var


@pytest.fixture
def var(prepared: Path, tmp_path: Path) -> Path:
    """Return a folder of one's own."""
    return copied(prepared, tmp_path / "var")


@pytest.fixture
async def address(var: Path) -> AsyncIterator[str]:
    """Return where the service listens."""
    async with running(var) as address:
        yield address


@pytest.fixture
async def browser(prepared: Path) -> AsyncIterator[Browser]:  # noqa: ARG001 - skips without one
    """Return the system's browser."""
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def citizen(browser: Browser, address: str) -> AsyncIterator[Visitor]:
    """Return a citizen on the home page, who must leave without a complaint."""
    visitor = await Visitor.come(browser)
    await visitor.page.goto(address)
    yield visitor
    assert visitor.complaints == []
