"""A page to type as a citizen, and switches for troubles."""

import asyncio
import html
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.zalo.trouble import Kind

if TYPE_CHECKING:
    from tests.fakes.zalo.server import FakeZalo

DEMO_USER = "8855220011447733661"

_PAGE = """<!doctype html><html lang="vi"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Zalo thử</title>
<style>body{{font:16px/1.5 system-ui;max-width:40rem;margin:1rem auto;padding:0 1rem}}
.c,.o{{padding:.5rem .8rem;border-radius:.8rem;margin:.4rem 0;white-space:pre-wrap}}
.c{{background:#dbeafe;margin-left:20%}}.o{{background:#f1f5f9;margin-right:20%}}
input,button{{font:inherit;padding:.4rem .6rem}}form{{display:inline}}</style></head><body>
<h1>Zalo thử</h1><p>Webhook: {url} · <a href="/">tải lại</a></p>{lines}
<form method="post" action="/_fake/say"><input name="text" autofocus size="30">
<button>Gửi</button></form>
<form method="post" action="/_fake/follow"><button>Quan tâm</button></form></body></html>"""


class Page:
    """The citizen's side of one chat."""

    def __init__(self, zalo: "FakeZalo") -> None:
        self._zalo = zalo

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/", self.show)
        app.router.add_post("/_fake/say", self.say)
        app.router.add_post("/_fake/follow", self.follow)
        app.router.add_post("/_fake/trouble", self.trouble)

    async def show(self, _request: web.Request) -> web.Response:
        """Show the chat of the demonstration citizen."""
        items = self._zalo.chats.history[DEMO_USER]
        lines = "\n".join(map(_line, items)) or "<p>Chưa có tin nào.</p>"
        page = _PAGE.format(url=html.escape(self._zalo.webhooks.url), lines=lines)
        return web.Response(text=page, content_type="text/html")

    async def say(self, request: web.Request) -> web.Response:
        """Write as a citizen, or tap a button: both come in as text."""
        form = await request.post()
        user = str(form.get("user", DEMO_USER))
        self._zalo.say(user, str(form.get("text", "")))
        await self._zalo.webhooks.settled()
        await self._answered(user)
        raise web.HTTPSeeOther("/")

    async def _answered(self, user: str) -> None:
        """Wait a little for the answer, so that the page shows it."""
        for _ in range(30):
            if not self._zalo.webhooks.url or not self._zalo.chats.history[user][-1]["src"]:
                return
            await asyncio.sleep(0.1)

    async def follow(self, _request: web.Request) -> web.Response:
        """Follow the account."""
        self._zalo.follow(DEMO_USER)
        await self._zalo.webhooks.settled()
        raise web.HTTPSeeOther("/")

    async def trouble(self, request: web.Request) -> web.Response:
        """Order troubles: {"route","kind","value","times"}."""
        asked = await request.json()
        self._zalo.troubles.add(
            asked["route"], Kind(asked["kind"]), asked.get("value", 0), asked.get("times", 1)
        )
        return web.json_response({"ok": True})


def _line(item: dict[str, Any]) -> str:
    who = "c" if item["src"] else "o"
    return f'<div class="{who}">{html.escape(item["message"])}</div>' + "".join(
        map(_tap, item.get("buttons", ()))
    )


def _tap(button: dict[str, Any]) -> str:
    title, payload = html.escape(button["title"]), button["payload"]
    if isinstance(payload, dict):
        return f"<p>[{title}: {html.escape(str(*payload.values()))}]</p>"
    value = html.escape(payload, quote=True)
    return (
        '<form method="post" action="/_fake/say">'
        f'<input type="hidden" name="text" value="{value}"><button>{title}</button></form> '
    )
