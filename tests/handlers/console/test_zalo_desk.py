"""The administrator's Zalo page: consent, ages and advice, rules, the word given back."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import Connection, select, update

from bot.channel_tokens import Grant, accounts
from bot.channel_tokens.notices import note
from bot.channel_tokens.overview import Condition, overview
from bot.channel_tokens.vault import Vault
from bot.clock.starter import calendar
from bot.officers import Role
from bot.operations.secrets import cipher
from bot.settings import PkceMode, Settings
from bot.store import Done, Store
from bot.tables.delivery import conversation
from bot.tables.desk import audit, question
from handlers.console.rendering import Pages
from handlers.console.zalo import CALLBACK, PAGE, ZaloDesk
from tests.bot.questions.samples import prepare
from tests.fakes.zalo.server import FakeZalo, Habits
from tests.handlers.desk_world import WORDING, Browser, DeskWorld, enter
from tests.handlers.zalo.world import KEYS, settings_for

VERIFIER = "a-fixed-verifier-of-the-developers-console-1"


@dataclass
class Desk:
    """An administrator at the page, with Zalo's consent page on the other side."""

    world: DeskWorld
    zalo: FakeZalo
    browser: Browser
    vault: Vault = field(init=False)

    def __post_init__(self) -> None:
        self.vault = Vault(f"zalo:{self.zalo.account.oa_id}", cipher(list(KEYS)))

    async def begin(self, **form: str) -> str:
        """Begin a consent and return the link to Zalo."""
        page = await self.browser.send(f"{PAGE}/cho-phep", form)
        found = re.search(r'href="([^"]+/v4/oa/permission[^"]+)"', page)
        assert found
        return unescape(found[1])

    async def agree(self, link: str) -> str:
        """Agree at Zalo and return where it sends the browser."""
        response = await self.browser.client.session.get(link, allow_redirects=False)
        address = response.headers["Location"]
        return address[address.index(CALLBACK) :]

    async def condition(self) -> Condition:
        found = await self.world.store.read(
            lambda c: overview(c, self.vault.account, self.world.now)
        )
        return found.condition


@asynccontextmanager
async def visit(store: Store, settings: Settings, zalo: FakeZalo) -> AsyncIterator[Desk]:
    world = DeskWorld(store, settings, now=zalo.clock.now())
    await world.do(prepare)
    pages = Pages(WORDING, calendar(), world.clock, settings)
    desk = ZaloDesk(store, pages, world.clock, settings, KEYS)
    app = world.app([*world.routes(), *desk.routes()])
    async with TestClient(TestServer(app)) as client:
        browser = Browser(client)
        await enter(world, browser, await world.hire("quantri", Role.ADMIN))
        yield Desk(world, zalo, browser)


@pytest.fixture
async def zalo(tmp_path: Path) -> AsyncIterator[FakeZalo]:
    fake = FakeZalo(tmp_path / "log.jsonl", habits=Habits(echo=False, received=False))
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
async def desk(store: Store, zalo: FakeZalo, tmp_path: Path) -> AsyncIterator[Desk]:
    async with visit(store, settings_for(zalo, tmp_path), zalo) as desk:
        yield desk


async def test_consent_is_begun_here_given_at_zalo_and_stored_encrypted(desk: Desk) -> None:
    back = await desk.agree(await desk.begin())
    page = await desk.browser.open(back)
    stored = await desk.world.store.read(desk.vault.read)
    assert stored is not None
    assert stored.grant.access == desk.zalo.tokens.access
    assert "Đã nhận quyền mới" in page
    assert await desk.condition() is Condition.WELL


async def test_consent_with_the_fixed_challenge_of_the_developers_console(
    store: Store, zalo: FakeZalo, tmp_path: Path
) -> None:
    fixed = settings_for(zalo, tmp_path).model_copy(update={"zalo_pkce_mode": PkceMode.FIXED})
    async with visit(store, fixed, zalo) as desk:
        await desk.browser.open(PAGE)
        await desk.browser.send(f"{PAGE}/cho-phep", {"verifier": "short"}, status=422)
        await desk.browser.open(await desk.agree(await desk.begin(verifier=VERIFIER)))
        assert await desk.condition() is Condition.WELL


async def test_an_answer_is_taken_once(desk: Desk) -> None:
    back = await desk.agree(await desk.begin())
    await desk.browser.open(back)
    page = await desk.browser.open(back, status=409)
    assert "không bắt đầu từ đây" in page


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        pytest.param(lambda a: a.replace("state=", "state=x"), 409, "không bắt đầu", id="state"),
        pytest.param(lambda a: a.replace("oa_id=", "oa_id=9"), 409, "Account khác", id="account"),
        pytest.param(lambda a: a.replace("code=", "c="), 422, "chưa cấp quyền", id="no code"),
        pytest.param(lambda a: a.replace("code=", "code=x"), 502, "không nhận mã", id="wrong code"),
    ],
)
async def test_an_answer_that_does_not_fit_stores_nothing(
    desk: Desk, change: Callable[[str], str], status: int, said: str
) -> None:
    back = await desk.agree(await desk.begin())
    assert said in await desk.browser.open(change(back), status=status)
    assert await desk.condition() is Condition.NONE


async def test_an_answer_comes_too_late_or_to_somebody_else(desk: Desk) -> None:
    link = await desk.begin()
    desk.world.pass_time(timedelta(minutes=31))
    await enter(desk.world, desk.browser, await desk.world.hire("tre", Role.ADMIN))
    await desk.browser.open(await desk.agree(link), status=409)
    desk.world.pass_time(-timedelta(minutes=31))
    await desk.browser.open(await desk.agree(link), status=409)
    assert await desk.condition() is Condition.NONE


def stored(desk: Desk, access: timedelta, refresh: timedelta) -> Callable[[Connection], Done[None]]:
    now = desk.world.now
    return lambda c: desk.vault.replace(Grant("a", "r", now + access, now + refresh), now, c)


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("access", "refresh", "condition", "said"),
    [
        pytest.param(DAY, 80 * DAY, Condition.WELL, "còn 80 ngày", id="well"),
        pytest.param(DAY, 13 * DAY, Condition.ENDS_SOON, "trong tuần này", id="ends soon"),
        pytest.param(DAY, -DAY, Condition.ENDED, "hết hạn", id="ended"),
    ],
)
async def test_the_page_says_how_old_tokens_are_and_what_to_do(
    desk: Desk, access: timedelta, refresh: timedelta, condition: Condition, said: str
) -> None:
    await desk.world.store.write(stored(desk, access, refresh))
    assert await desk.condition() is condition
    assert said in await desk.browser.open(PAGE)


async def test_a_revoked_permission_is_shown_with_its_news_until_consent(desk: Desk) -> None:
    await desk.world.store.write(stored(desk, DAY, 80 * DAY))
    account, now = desk.vault.account, desk.world.now
    await desk.world.do(lambda c: accounts.revoke(c, account, now))
    await desk.world.do(lambda c: note(c, "zalo", "permission_revoked", {}, now))
    page = await desk.browser.open(PAGE)
    assert "Quyền đã bị thu hồi" in page
    assert "bị gỡ ở phía Official Account" in page
    await desk.browser.open(await desk.agree(await desk.begin()))
    assert await desk.condition() is Condition.WELL


async def test_rules_are_set_within_bounds_and_audited(desk: Desk) -> None:
    await desk.browser.open(PAGE)
    await desk.browser.send(f"{PAGE}/quy-tac", {"silence_minutes": "90", "raw_days": "7"})
    await desk.browser.send(f"{PAGE}/quy-tac", {"raw_days": "9999"}, status=422)
    acts = select(audit.c.subject).where(audit.c.act == "policy.set")
    found = await desk.world.store.read(lambda c: set(c.execute(acts).scalars()))
    assert found == {"delivery.silence_minutes", "retention.raw_days"}
    assert 'value="90"' in await desk.browser.open(PAGE)


def hush(until: datetime) -> Callable[[Connection], int]:
    return lambda c: c.execute(update(conversation).values(silent_until=until)).rowcount


async def test_the_question_shows_the_silence_and_an_officer_ends_it(desk: Desk) -> None:
    opened = await desk.world.ask()
    await desk.world.do(hush(desk.world.now + timedelta(minutes=40)))
    asked = select(question.c.agency).where(question.c.id == opened.id)
    agency = await desk.world.store.read(lambda c: c.execute(asked).scalar_one())
    await enter(desk.world, desk.browser, await desk.world.hire("canbo", Role.OFFICER, agency))
    page = await desk.browser.open(f"/can-bo/cau-hoi/{opened.code}")
    assert "Trợ lý im lặng" in page
    page = await desk.browser.send(f"/can-bo/cau-hoi/{opened.code}/tro-ly")
    assert "Trợ lý im lặng" not in page


async def test_no_token_and_no_secret_stands_on_the_page(desk: Desk) -> None:
    await desk.browser.open(await desk.agree(await desk.begin()))
    page = await desk.browser.open(PAGE)
    account = desk.zalo.account
    secrets = (
        desk.zalo.tokens.access,
        account.app_secret,
        account.oa_secret,
        *desk.zalo.tokens.refresh,
    )
    assert [secret for secret in secrets if secret in page] == []
