"""`make screens`: pictures of every page at both widths into docs/screens."""

import asyncio
import csv
import re
import sys
import tempfile
from contextlib import chdir
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page

from bot.moments import utc_now
from bot.officers.demo import FILE_NAME
from bot.questions.codes import parse_code
from bot.store import Done
from bot.store.sqlite import SqliteStore
from tests.browser import scenery
from tests.browser.scenery import Scenery
from tests.browser.stage import DESK, PHONE, Visitor, chromium, prepare, running

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
_COLOURS = 64
_PUBLIC = {
    "procedure": "/thu-tuc/1.001193",
    "search": "/thu-tuc?q=khai+sinh",
    "hotlines": "/duong-day-nong",
    "archive": "/hoi-dap",
    "segments": "/chuyen-muc",
    "lookup": "/tra-cuu",
}
#: pages of the console by who opens them; those of Zalo and Telegram have their own files
_DESKS = {
    "canbo.tuphap": {
        "console-queue": "/can-bo/cau-hoi",
        "console-question": "/can-bo/cau-hoi/{code}",
        "console-reasons": "/can-bo/cau-hoi/{code}/vi-sao",
    },
    "dieuphoi": {
        "console-untold": "/can-bo/lien-lac",
        "knowledge-proposals": "/can-bo/kien-thuc",
        "knowledge-findings": "/can-bo/kien-thuc/diem-can-xem?co_quan=ct-so-tu-phap",
        "knowledge-import": "/can-bo/kien-thuc/nhap",
        "knowledge-model": "/can-bo/kien-thuc/mo-hinh",
    },
    "bientap": {"console-segment": "/can-bo/chuyen-muc/{month}"},
    "quantri": {"console-accounts": "/can-bo/tai-khoan"},
}
_DIALOGUE = (
    ("answer", "làm khai sinh cho con cần gì"),
    ("choices", "khai sinh"),
    ("receipt", "bao giờ sửa xong cây cầu đầu xóm tôi, xin cho gặp cán bộ"),
)


class Camera:
    """Takes pictures of one width into files that stay small."""

    def __init__(self, width: int) -> None:
        self._width = width

    async def take(self, page: Page, name: str, *, whole: bool = True) -> None:
        """Write a picture of the page as it is now."""
        await page.wait_for_timeout(250)
        shot = await page.screenshot(full_page=whole)
        with Image.open(BytesIO(shot)) as picture:
            few = picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
            few.save(FOLDER / f"{name}-{self._width}.png", optimize=True)


async def citizen(browser: Browser, base: str, viewport: dict[str, int], month: str) -> None:
    """Walk through the public side."""
    camera, visitor = Camera(viewport["width"]), await Visitor.come(browser, viewport=viewport)
    page = visitor.page
    await page.goto(base)
    await camera.take(page, "home", whole=viewport is DESK)
    for name, text in _DIALOGUE:
        replies = await page.locator(".said--assistant:not(.said--waiting)").count()
        await visitor.ask(text)
        await page.locator(".said--assistant:not(.said--waiting)").nth(replies).wait_for()
        await camera.take(page, f"chat-{name}", whole=False)
    await status(visitor, camera)
    for name, path in {**_PUBLIC, "segment": f"/chuyen-muc/{month}"}.items():
        await page.goto(base + path)
        await camera.take(page, name)
    await page.goto(f"{base}/vi-sao")
    await page.fill("#text", "làm khai sinh cho con ở Ninh Kiều cần gì")
    await page.locator("main form button").click()
    await camera.take(page, "why")
    await page.goto(f"{base}/hoi-dap")
    await page.locator(".results__link").first.click()
    await camera.take(page, "archived")
    assert visitor.complaints == [], visitor.complaints


async def status(visitor: Visitor, camera: Camera) -> None:
    """Open the status of the question just filed, by the link that only its asker has."""
    link = visitor.page.get_by_role("link", name=re.compile("mở trang câu hỏi")).last
    if await link.count():
        await visitor.page.goto(str(await link.evaluate("node => node.href")))
        await camera.take(visitor.page, "status")


async def dark(browser: Browser, base: str) -> None:
    """Show the chat at night."""
    visitor = await Visitor.come(browser, color_scheme="dark")
    await visitor.page.goto(base)
    await visitor.ask(_DIALOGUE[0][1])
    await visitor.hears("Nguồn:")
    await Camera(PHONE["width"]).take(visitor.page, "chat-dark", whole=False)


async def officers(
    browser: Browser, base: str, viewport: dict[str, int], var: Path, built: Scenery
) -> None:
    """Walk through the console, as everybody who works there."""
    camera = Camera(viewport["width"])
    names = {"code": parse_code(built.waiting.code), "month": built.month}
    visitor = await Visitor.come(browser, viewport=viewport)
    await visitor.page.goto(f"{base}/can-bo")
    await camera.take(visitor.page, "console-login")
    for who, pages in _DESKS.items():
        visitor = await enter(browser, base, var, who, viewport)
        for name, path in pages.items():
            await visitor.page.goto(base + path.format(**names))
            await camera.take(visitor.page, name, whole=name != "knowledge-findings")
        assert visitor.complaints == [], visitor.complaints


async def enter(
    browser: Browser, base: str, var: Path, who: str, viewport: dict[str, int]
) -> Visitor:
    """Log somebody in."""
    visitor = await Visitor.come(browser, viewport=viewport)
    await visitor.page.goto(f"{base}/can-bo")
    await visitor.page.fill("[name=username]", who)
    await visitor.page.fill("[name=password]", password_of(var, who))
    await visitor.page.press("[name=password]", "Enter")
    await visitor.page.wait_for_load_state()
    return visitor


async def furnish(var: Path) -> Scenery:
    """Put a month of questions into the running service's database."""
    store = SqliteStore(var / "danhoi.db")
    try:
        return await store.write(lambda c: Done(scenery.build(c, utc_now())))
    finally:
        await store.close()


def password_of(var: Path, username: str) -> str:
    """Read a demonstration officer's password."""
    with (var / FILE_NAME).open(encoding="utf-8") as stream:
        rows = csv.DictReader(stream, dialect="excel-tab")
        return next(row["password"] for row in rows if row["username"] == username)


async def main(var: Path) -> None:
    """Take every picture."""
    await prepare(var)
    async with running(var) as base, chromium() as browser:
        built = await furnish(var)
        for viewport in (PHONE, DESK):
            await citizen(browser, base, viewport, built.month)
            await officers(browser, base, viewport, var, built)
        await dark(browser, base)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        Path("var").mkdir()
        asyncio.run(main(Path("var")))
    sys.stdout.write(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}\n")
