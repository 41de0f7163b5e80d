"""Part of `make screens`: a dialogue at Zalo and the console's pages about it."""

import asyncio
import sys
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import Any

from playwright.async_api import Browser

from tests.browser.screens import FOLDER, Camera, enter, furnish
from tests.browser.stage import DESK, PHONE, Visitor, chromium, prepare, running
from tests.fakes.trying import zalo_settings
from tests.fakes.zalo.server import FakeZalo
from tests.handlers.zalo.waiting import until

_COVER = "https://danhoi.example.vn/bia.jpg"


def told(zalo: FakeZalo) -> dict[str, Any]:
    """Return the settings of the fake as the service's settings name them."""
    prefix = "DANHOI_"
    found = zalo_settings(zalo, zalo.address).items()
    return {name.removeprefix(prefix).lower(): value for name, value in found}


async def dialogue(browser: Browser, zalo: FakeZalo) -> None:
    """Ask at Zalo, choose, file a question."""
    visitor = await Visitor.come(browser, viewport=PHONE)
    for text in ("con dau moi sanh, muon lam khai sinh cho chau can giay gi", "gặp cán bộ"):
        await visitor.page.goto(zalo.address)
        await visitor.page.fill("input[autofocus]", text)
        await visitor.page.press("input[autofocus]", "Enter")
        await until(lambda: not _last(zalo)["src"])
    await visitor.page.goto(zalo.address)
    await Camera(PHONE["width"]).take(visitor.page, "zalo-dialogue")


def _last(zalo: FakeZalo) -> dict[str, Any]:
    return next(reversed(next(iter(zalo.chats.history.values()))))


async def console(browser: Browser, base: str, var: Path, width: dict[str, int]) -> None:
    """Show the channel's page and a broadcast tried out."""
    camera = Camera(width["width"])
    page = (await enter(browser, base, var, "quantri", width)).page
    await page.goto(f"{base}/can-bo/zalo")
    await camera.take(page, "zalo-desk")
    page = (await enter(browser, base, var, "bientap", width)).page
    await page.goto(f"{base}/can-bo/zalo/bai-viet")
    await page.click("main li a")
    await page.fill("[name=author]", "UBND thành phố Cần Thơ")
    await page.fill("[name=cover]", _COVER)
    await page.click("form[action$=soan] button")
    await page.click("form[action$=chay-thu] button")
    await camera.take(page, "zalo-broadcast")


async def main(var: Path) -> None:
    """Take every picture."""
    await prepare(var)
    zalo = FakeZalo(var / "zalo.jsonl")
    await zalo.start()
    async with running(var, **told(zalo)) as base, chromium() as browser:
        await furnish(var)
        zalo.webhooks.url = f"{base}/webhooks/zalo"
        await dialogue(browser, zalo)
        for width in (PHONE, DESK):
            await console(browser, base, var, width)
    await zalo.stop()


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        Path("var").mkdir()
        asyncio.run(main(Path("var")))
    sys.stdout.write(f"pictures of the Zalo channel in {FOLDER}\n")
