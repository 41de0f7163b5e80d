"""Part of `make screens`: a dialogue at Telegram, the officers' group and its page."""

import asyncio
import re
import sys
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from tests.browser.screens import FOLDER, Camera, enter, furnish
from tests.browser.stage import DESK, PHONE, Visitor, chromium, prepare, running
from tests.fakes.telegram.server import CITIZEN, GROUP, OFFICER, FakeTelegram

#: the schedule looks once a minute what a group should be told
_PATIENCE = 120.0


async def heard(telegram: FakeTelegram, chat: int, words: str) -> None:
    """Wait until a chat shows something."""
    async with asyncio.timeout(_PATIENCE):
        while not any(words in line["text"] for line in telegram.chats.deliveries(chat)):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def code_from(page: Page, button: str) -> str:
    """Take a code at the console's page."""
    await page.click(f"text={button}")
    found = re.search(r"/lienket (\w{10})<", await page.content())
    assert found
    return found[1]


async def tie(browser: Browser, base: str, var: Path, telegram: FakeTelegram) -> None:
    """Tie the group and an officer's account, as both would."""
    page = (await enter(browser, base, var, "lanhdao.xa", DESK)).page
    await page.goto(f"{base}/can-bo/telegram")
    telegram.join(GROUP, "Một cửa phường", OFFICER)
    telegram.say(OFFICER, f"/lienket {await code_from(page, 'Lấy mã gắn nhóm')}", chat=GROUP)
    await Camera(DESK["width"]).take(page, "telegram-desk")
    page = (await enter(browser, base, var, "canbo.xa", PHONE)).page
    await page.goto(f"{base}/can-bo/telegram")
    telegram.say(OFFICER, f"/lienket {await code_from(page, 'Lấy mã gắn tài khoản')}")
    await Camera(PHONE["width"]).take(page, "telegram-desk")
    await heard(telegram, OFFICER, "nay gắn với")


async def dialogue(browser: Browser, telegram: FakeTelegram) -> None:
    """Ask at Telegram, file a question, claim it in the group."""
    telegram.say(CITIZEN, "con dau moi sanh, muon lam khai sinh cho chau can giay gi")
    await heard(telegram, CITIZEN, "Nguồn:")
    telegram.say(CITIZEN, "đường trước nhà tôi ngập nước cả tuần nay không ai sửa")
    await heard(telegram, CITIZEN, "Mã câu hỏi")
    await heard(telegram, GROUP, "Câu hỏi mới")
    notice = telegram.chats.deliveries(GROUP)[-1]
    data = notice["buttons"][0]["callback_data"]
    telegram.press(OFFICER, notice["message_id"], data, chat=GROUP)
    await heard(telegram, GROUP, "đã nhận câu hỏi")
    visitor = await Visitor.come(browser, viewport=PHONE)
    for path, name in (("/", "telegram-dialogue"), ("/nhom", "telegram-group")):
        await visitor.page.goto(telegram.address + path)
        await Camera(PHONE["width"]).take(visitor.page, name)


async def main(var: Path) -> None:
    """Take every picture."""
    await prepare(var)
    telegram = FakeTelegram(var / "telegram.jsonl")
    await telegram.start()
    told: dict[str, Any] = {
        "telegram_mode": "polling",
        "telegram_token": telegram.account.token,
        "telegram_api_base": telegram.address,
    }
    async with running(var, **told) as base, chromium() as browser:
        await furnish(var)
        await tie(browser, base, var, telegram)
        await dialogue(browser, telegram)
    await telegram.stop()


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        Path("var").mkdir()
        asyncio.run(main(Path("var")))
    sys.stdout.write(f"pictures of the Telegram channel in {FOLDER}\n")
