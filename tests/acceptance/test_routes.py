"""Every way into the composed service, and who may take it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import yaml

from bot.app import CHANNELS, build_parts, build_routes
from bot.moments import utc_now
from bot.settings import Settings, TelegramMode
from bot.store import Store
from handlers.api import description
from handlers.routes import Access, Route
from tests.handlers.desk_world import furnish
from tests.handlers.walk import forgeries, violations

#: what anybody may post without a login: a question, a form, a provider's request
OPEN_TO_POST = {
    "/api/v1/conversations",
    "/api/v1/chat",
    "/api/v1/chat/{conversation}/files",
    "/hoi",
    "/tra-cuu",
    "/vi-sao",
    "/webhooks/telegram",
    "/webhooks/zalo",
    "/can-bo/dang-nhap",
}


@pytest.fixture
async def routes(database_url: str, tmp_path: Path) -> AsyncIterator[list[Route]]:
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=database_url,
        var_dir=tmp_path / "var",
        zalo_app_id="1234567890123456789",
        zalo_app_secret="an app secret",  # type: ignore[arg-type]
        zalo_oa_id="2233445566778899001",
        zalo_oa_secret="an oa secret",  # type: ignore[arg-type]
        zalo_domain_proof=("a-code",),
        telegram_mode=TelegramMode.WEBHOOK,
        telegram_token="7:a-token",  # type: ignore[arg-type]
        telegram_webhook_secret="a-secret-of-the-webhook",  # type: ignore[arg-type]
        public_url="https://hoi.example",
    )
    async with AsyncExitStack() as stack:
        parts = await build_parts(settings, utc_now, stack)
        found = [await attach(parts, stack) for attach in CHANNELS.values()]
        yield list(build_routes(parts, [each for each in found if each]))


async def test_every_route_admits_exactly_whom_it_declares(
    routes: list[Route], store: Store
) -> None:
    assert await violations(await furnish(store), routes) == []


async def test_no_other_site_can_send_a_form_of_the_console(
    routes: list[Route], store: Store
) -> None:
    assert await forgeries(await furnish(store), routes) == []


async def test_the_machine_api_is_described_as_it_is(routes: list[Route]) -> None:
    there = {(r.method, r.path) for r in routes if r.path.startswith("/api/v1/")}
    acted = "/api/v1/questions/{code}/"
    spelt = {(m, acted + "{act}" if p.startswith(acted) else p) for m, p in there}
    document = yaml.safe_load(Path(description.__file__).with_name("openapi.yaml").read_text())
    told = {
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in item.keys() - {"parameters"}
    }
    assert told == spelt


async def test_only_these_may_be_posted_to_without_a_login(routes: list[Route]) -> None:
    closed = {Access.SESSION, Access.TOKEN, Access.LOCAL}
    posted = {r.path for r in routes if r.method != "GET" and r.access not in closed}
    assert posted == OPEN_TO_POST


async def test_the_console_is_behind_the_login(routes: list[Route]) -> None:
    console = [route for route in routes if route.path.startswith("/can-bo")]
    public = {route.path for route in console if route.access is not Access.SESSION}
    assert console
    assert public <= {"/can-bo/dang-nhap", "/can-bo/static/{name}", "/can-bo/tinh/{name}"}
