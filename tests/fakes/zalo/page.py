"""A page to type as a citizen, with whatever else happens in a chat, and switches for troubles."""

import asyncio
import html
from collections.abc import Callable
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
input,button{{font:inherit;padding:.4rem .6rem;margin:.1rem;max-width:100%;
box-sizing:border-box}}form{{display:inline}}
footer{{border-top:1px solid #ccc;margin-top:1rem;padding-top:.6rem}}</style></head><body>
<h1>Zalo thử</h1><p>{hook} · <a href="/">tải lại</a></p>{lines}
<form method="post" action="/_fake/say"><input name="text" autofocus size="30">
<button>Gửi</button></form>
<footer>{others}<form method="post" action="/_fake/by_hand">
<input name="text" size="24" value="Chào ông/bà, tôi là cán bộ phường.">
<button>Cán bộ tự nhắn</button>
</form></footer></body></html>"""

_PICTURE = {"url": "https://photo-1.zdn.vn/a.jpg", "thumbnail": "https://photo-1.zdn.vn/t.jpg"}
_PLACE = {"coordinates": {"latitude": "9.6025", "longitude": "105.9739"}}
#: what else a citizen can do, by button
_DEEDS: dict[str, tuple[str, Callable[["FakeZalo"], None]]] = {
    "follow": ("Quan tâm", lambda zalo: zalo.follow(DEMO_USER)),
    "unfollow": ("Bỏ quan tâm", lambda zalo: zalo.unfollow(DEMO_USER)),
    "image": ("Gửi ảnh", lambda zalo: zalo.send(DEMO_USER, "image", _PICTURE)),
    "location": ("Gửi vị trí", lambda zalo: zalo.send(DEMO_USER, "location", _PLACE)),
    "sticker": ("Gửi nhãn dán", lambda zalo: zalo.send(DEMO_USER, "sticker")),
    "form": (
        "Gửi thông tin liên hệ",
        lambda zalo: zalo.fill_in(DEMO_USER, name="Người Mẫu", phone="84900000000"),
    ),
}


class Page:
    """The citizen's side of one chat."""

    def __init__(self, zalo: "FakeZalo") -> None:
        self._zalo = zalo

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/", self.show)
        app.router.add_post("/_fake/say", self.say)
        app.router.add_post("/_fake/by_hand", self.by_hand)
        app.router.add_post("/_fake/do/{deed}", self.do)
        app.router.add_post("/_fake/trouble", self.trouble)

    async def show(self, _request: web.Request) -> web.Response:
        """Show the chat of the demonstration citizen."""
        items = self._zalo.chats.history[DEMO_USER]
        lines = "\n".join(map(_line, items)) or "<p>Chưa có tin nào.</p>"
        hooks = self._zalo.webhooks
        hook = f"Webhook: {html.escape(hooks.url)}" + ("" if hooks.enabled else " (đã bị tắt)")
        others = "".join(_deed(name, label) for name, (label, _) in _DEEDS.items())
        page = _PAGE.format(hook=hook, lines=lines, others=others)
        return web.Response(text=page, content_type="text/html")

    async def say(self, request: web.Request) -> web.Response:
        """Write as a citizen, or tap a button: both come in as text."""
        form = await request.post()
        user = str(form.get("user", DEMO_USER))
        self._zalo.say(user, str(form.get("text", "")))
        await self._answered(user)
        raise web.HTTPSeeOther("/")

    async def by_hand(self, request: web.Request) -> web.Response:
        """Write as an officer in the OA application."""
        form = await request.post()
        self._zalo.write_by_hand(DEMO_USER, str(form.get("text", "")))
        await self._zalo.webhooks.settled()
        raise web.HTTPSeeOther("/")

    async def do(self, request: web.Request) -> web.Response:
        """Do something else than write."""
        deed = _DEEDS.get(request.match_info["deed"])
        if deed is None:
            raise web.HTTPNotFound
        deed[1](self._zalo)
        await self._answered(DEMO_USER)
        raise web.HTTPSeeOther("/")

    async def _answered(self, user: str) -> None:
        """Wait a little for the answer, so that the page shows it."""
        await self._zalo.webhooks.settled()
        for _ in range(30):
            items = self._zalo.chats.history[user]
            if not self._zalo.webhooks.url or (items and not items[-1]["src"]):
                return
            await asyncio.sleep(0.1)

    async def trouble(self, request: web.Request) -> web.Response:
        """Order troubles: {"route","kind","value","times"}."""
        asked = await request.json()
        self._zalo.troubles.add(
            asked["route"], Kind(asked["kind"]), asked.get("value", 0), asked.get("times", 1)
        )
        return web.json_response({"ok": True})


def _deed(name: str, label: str) -> str:
    return f'<form method="post" action="/_fake/do/{name}"><button>{label}</button></form>'


def _line(item: dict[str, Any]) -> str:
    who = "c" if item["src"] else "o"
    said = html.escape(item["message"]) or f"[{html.escape(str(item['type']))}]"
    return f'<div class="{who}">{said}</div>' + "".join(map(_tap, item.get("buttons", ())))


def _tap(button: dict[str, Any]) -> str:
    title, payload = html.escape(button["title"]), button["payload"]
    if isinstance(payload, dict):
        return f"<p>[{title}: {html.escape(str(*payload.values()))}]</p>"
    value = html.escape(payload, quote=True)
    return (
        '<form method="post" action="/_fake/say">'
        f'<input type="hidden" name="text" value="{value}"><button>{title}</button></form> '
    )
