"""The website of an agency, which embeds the chat by one line."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

_PAGE = """<!doctype html><html lang="vi"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>UBND xã Mẫu</title>
</head><body><main><h1>UBND xã Mẫu</h1><p>Giờ làm việc, thông báo, tin tức.</p>
<p><a href="#tin">Một liên kết</a></p><div id="hoi"></div></main>{line}</body></html>"""


@dataclass
class Site:
    """Its pages carry `line`; `policy` is its own Content-Security-Policy."""

    origin: str = ""
    line: str = ""
    policy: str = ""

    async def show(self, _request: web.Request) -> web.StreamResponse:
        """Show the front page."""
        headers = {"Content-Security-Policy": self.policy} if self.policy else {}
        text = _PAGE.format(line=self.line)
        return web.Response(text=text, content_type="text/html", headers=headers)


@asynccontextmanager
async def opened() -> AsyncIterator[Site]:
    """Run the site on a port of its own, which makes it another origin than the service."""
    site = Site()
    app = web.Application()
    app.router.add_get("/", site.show)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        site.origin = f"http://{host}:{port}"
        yield site
    finally:
        await runner.cleanup()
