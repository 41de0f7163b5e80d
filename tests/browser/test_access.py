"""Every public page for everybody: rules of accessibility, both colour schemes, small screens."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from tests.browser.stage import DESK, PHONE, Visitor

pytestmark = pytest.mark.long

PAGES = (
    "/", "/nhung", "/hoi", "/tra-cuu", "/thu-tuc", "/thu-tuc?q=khai+sinh", "/thu-tuc/1.001193",
    "/duong-day-nong", "/hoi-dap", "/chuyen-muc", "/vi-sao", "/can-bo/dang-nhap",
)  # fmt: skip
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_breaks_a_rule_of_accessibility(
    browser: Browser, address: str, scheme: str
) -> None:
    visitor = await Visitor.come(browser, color_scheme=scheme)
    found = {}
    for path in PAGES:
        await visitor.page.goto(address + path)
        results = await Axe().run(visitor.page, options=_RULES)
        if results.violations_count:
            found[path] = results.generate_report()
    assert found == {}


async def test_a_dialogue_breaks_none_either(browser: Browser, address: str) -> None:
    visitor = await Visitor.come(browser)
    await visitor.page.goto(address)
    for text in ("khai sinh", "khi nào sửa xong cây cầu đầu xóm", "đăng ký kết hôn cần gì"):
        await visitor.ask(text)
        await visitor.page.wait_for_timeout(1500)
    results = await Axe().run(visitor.page, options=_RULES)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width", [320, PHONE["width"], DESK["width"]])
async def test_no_page_is_wider_than_its_window(browser: Browser, address: str, width: int) -> None:
    visitor = await Visitor.come(browser, viewport={"width": width, "height": 700})
    wide = []
    for path in PAGES:
        await visitor.page.goto(address + path)
        if await visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
    assert wide == []


async def test_what_is_pressed_is_big_enough_for_a_thumb(browser: Browser, address: str) -> None:
    visitor = await Visitor.come(browser)
    small = {}
    for path in PAGES:
        await visitor.page.goto(address + path)
        small[path] = await visitor.page.evaluate(
            "[...document.querySelectorAll('button, input:not([type=hidden]), textarea, .button')]"
            ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 44)"
            ".map(e => e.outerHTML)"
        )
    assert {path: found for path, found in small.items() if found} == {}


async def test_no_page_breaks_the_security_policy(browser: Browser, address: str) -> None:
    visitor = await Visitor.come(browser)
    for path in PAGES:
        await visitor.page.goto(
            address + path, wait_until="networkidle" if path == "/hoi" else "load"
        )
    assert visitor.complaints == []
