"""The chat on an agency's own website, in a real browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, FrameLocator, Page, expect

from tests.browser import agency
from tests.browser.agency import Site
from tests.browser.stage import Visitor, running

pytestmark = pytest.mark.long

QUESTION = "làm khai sinh cho con cần gì"
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture
async def site(var: Path) -> AsyncIterator[Site]:
    """Return an agency's site that embeds a service which admits it."""
    async with (
        agency.opened() as site,
        running(var, embed_origins=(site.origin,)) as address,
    ):
        site.line = f'<script src="{address}/nhung.js" async></script>'
        site.policy = f"default-src 'self'; script-src {address}; frame-src {address}"
        yield site


def chat(page: Page) -> FrameLocator:
    return page.frame_locator("#danhoi-nhung")


async def ask(page: Page) -> None:
    await page.get_by_role("button", name="Hỏi chính quyền").click()
    await chat(page).locator("#ask").fill(QUESTION)
    await chat(page).locator("#ask").press("Enter")
    await expect(chat(page).locator(".said--assistant").last).to_contain_text("Nguồn:")


async def test_one_line_of_script_answers_a_question(browser: Browser, site: Site) -> None:
    visitor = await Visitor.come(browser)
    await visitor.page.goto(site.origin)
    await ask(visitor.page)
    # another origin cannot lift its sandbox; the site's own missing icon is not ours
    foreign = ("allow-same-origin", "404")
    assert [c for c in visitor.complaints if not any(known in c for known in foreign)] == []


async def test_a_reload_of_the_agencys_page_keeps_the_conversation(
    browser: Browser, site: Site
) -> None:
    visitor = await Visitor.come(browser)
    await visitor.page.goto(site.origin)
    await ask(visitor.page)
    await visitor.page.reload()
    await visitor.page.get_by_role("button", name="Hỏi chính quyền").click()
    await expect(chat(visitor.page).locator(".said--citizen")).to_contain_text(QUESTION)


async def test_it_is_opened_and_closed_by_keyboard_and_focus_comes_back(
    browser: Browser, site: Site
) -> None:
    visitor = await Visitor.come(browser)
    page = visitor.page
    await page.goto(site.origin)
    button = page.get_by_role("button", name="Hỏi chính quyền")
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#danhoi-nhung")).to_be_focused()
    await chat(page).locator("#ask").focus()
    await page.keyboard.press("Escape")
    await expect(button).to_be_focused()
    await expect(button).to_have_attribute("aria-expanded", "false")


async def test_it_stands_inside_an_element_where_that_is_wanted(
    browser: Browser, site: Site
) -> None:
    site.line = site.line.replace(" async", ' data-target="#hoi" async')
    visitor = await Visitor.come(browser)
    await visitor.page.goto(site.origin)
    await expect(chat(visitor.page).locator("#ask")).to_be_visible()
    await expect(visitor.page.locator("#hoi iframe")).to_have_count(1)


async def test_a_site_that_is_not_listed_gets_no_chat(browser: Browser, var: Path) -> None:
    async with agency.opened() as stranger, running(var) as address:
        stranger.line = f'<script src="{address}/nhung.js" async></script>'
        visitor = await Visitor.come(browser)
        await visitor.page.goto(stranger.origin)
        await visitor.page.get_by_role("button", name="Hỏi chính quyền").click()
        await visitor.page.wait_for_timeout(800)
        assert await chat(visitor.page).locator("#ask").count() == 0


async def test_the_frame_cannot_touch_the_page_around_it(browser: Browser, site: Site) -> None:
    visitor = await Visitor.come(browser)
    await visitor.page.goto(site.origin)
    await ask(visitor.page)
    frame = visitor.page.frames[-1]
    reached = "(() => { try { return parent.document.title } catch { return null } })()"
    assert await frame.evaluate(reached) is None
    moved = "(() => { try { top.location.href = 'about:blank' } catch { return 'kept' } })()"
    assert await frame.evaluate(moved) == "kept"


async def test_it_breaks_no_rule_of_accessibility(browser: Browser, site: Site) -> None:
    visitor = await Visitor.come(browser)
    await visitor.page.goto(site.origin)
    await ask(visitor.page)
    results = await Axe().run(visitor.page, options=_RULES)
    assert results.violations_count == 0, results.generate_report()
