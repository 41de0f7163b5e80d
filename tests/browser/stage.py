"""The real service on a fresh database, and a browser that watches for complaints."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, FilePayload, Page, async_playwright

from bot.app import Service
from bot.settings import Settings
from bot.store.migrations import upgrade
from tests.requirements import CHROMIUM

_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 860}


def settings(var: Path, port: int = 0, **more: Any) -> Settings:  # noqa: ANN401
    """Return settings for a service that keeps everything in one folder."""
    database = f"sqlite:///{var / 'danhoi.db'}"
    return Settings(_env_file=None, database_url=database, var_dir=var, port=port, **more)  # type: ignore[call-arg]


async def prepare(var: Path) -> None:
    """Migrate, load the starter knowledge and build its index, once for many tests.

    The folder must exist.
    """
    upgrade(settings(var).database_url)
    async with running(var):
        pass


@asynccontextmanager
async def running(var: Path, port: int = 0, **more: Any) -> AsyncIterator[str]:  # noqa: ANN401
    """Run the service and yield its address."""
    service = Service(settings(var, port, **more))
    address = await service.start()
    try:
        yield address
    finally:
        await service.stop()


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run the system's browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(_FLAGS), headless=True
        )
        yield browser
        await browser.close()


@dataclass
class Visitor:
    """A citizen at a page; `complaints` is all that the browser's console said."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    @classmethod
    async def come(cls, browser: Browser, **how: Any) -> "Visitor":  # noqa: ANN401
        """Open a window of one's own, with its own storage and cookies."""
        how.setdefault("viewport", PHONE)
        context = await browser.new_context(locale="vi-VN", **how)
        return cls.watching(await context.new_page())

    @classmethod
    def watching(cls, page: Page) -> "Visitor":
        """Listen to what the browser complains about: errors, refusals of the policy."""
        visitor = cls(page)
        page.on("console", lambda told: visitor.complaints.append(f"{told.type}: {told.text}"))
        page.on("pageerror", lambda error: visitor.complaints.append(f"error: {error}"))
        return visitor

    async def ask(self, text: str) -> None:
        """Type a question and press Enter."""
        await self.page.fill("#ask", text)
        await self.page.press("#ask", "Enter")

    async def attach(self, name: str, content: bytes) -> None:
        """Choose a file of one's device; the browser takes it for a picture."""
        async with self.page.expect_file_chooser() as chooser:
            await self.page.get_by_role("button", name="Gửi ảnh hoặc tệp").click()
        file = FilePayload(name=name, mimeType="image/jpeg", buffer=content)
        await (await chooser.value).set_files(file)

    async def hears(self, text: str) -> None:
        """Wait until the service has said this."""
        said = self.page.locator(".said--assistant, .said--officer").filter(has_text=text)
        await said.last.wait_for(timeout=15_000)

    async def said(self) -> list[str]:
        """Return what the citizen's bubbles say, in order."""
        texts = await self.page.locator(".said--citizen .said__body p").all_inner_texts()
        return [text.strip() for text in texts]


def copied(template: Path, to: Path) -> Path:
    """Return a copy of a prepared folder."""
    shutil.copytree(template, to)
    return to
