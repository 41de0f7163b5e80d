"""The citizen's side for tests of web chat and pages."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.handlers.site_world import Client, SiteWorld, site, visiting


@pytest.fixture
async def citizens(database_url: str, tmp_path: Path) -> AsyncIterator[SiteWorld]:
    """Return web chat and pages over a fresh database."""
    async with site(database_url, tmp_path) as world:
        yield world


@pytest.fixture
async def visitor(citizens: SiteWorld) -> AsyncIterator[Client]:
    """Return somebody at the site's door."""
    async with visiting(citizens) as client:
        yield client
