"""Pages to type on: as a citizen in a private chat, as an officer in a group."""

import asyncio
import html
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.zalo.trouble import Kind

if TYPE_CHECKING:
    from tests.fakes.telegram.server import FakeTelegram

_PAGE = """<!doctype html><html lang="vi"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Telegram thử</title>
<style>body{{font:16px/1.5 system-ui;max-width:40rem;margin:1rem auto;padding:0 1rem}}
.c,.o{{padding:.5rem .8rem;border-radius:.8rem;margin:.4rem 0;white-space:pre-wrap}}
.c{{background:#dcfce7;margin-left:20%}}.o{{background:#f1f5f9;margin-right:20%}}
input,button{{font:inherit;padding:.4rem .6rem}}form{{display:inline}}nav a{{margin-right:1rem}}
</style></head><body><h1>{title}</h1>
<nav><a href="/">người dân</a><a href="/nhom">nhóm cán bộ</a><a href="/can-bo">cán bộ</a>
<a href="{here}">tải lại</a></nav>
<p>{toast}</p>{lines}
<form method="post" action="/_fake/say"><input type="hidden" name="where" value="{where}">
<input name="text" autofocus size="30" autocomplete="off"><button>Gửi</button></form>
<form method="post" action="/_fake/act"><input type="hidden" name="where" value="{where}">
{acts}</form></body></html>"""
_CITIZEN_ACTS = (("start", "Bắt đầu"), ("photo", "Gửi ảnh"), ("block", "Chặn"))
_GROUP_ACTS = (("join", "Thêm kênh vào nhóm"), ("remove", "Đưa kênh ra khỏi nhóm"))


class Page:
    """Both sides of the demonstration."""

    def __init__(self, telegram: "FakeTelegram") -> None:
        from tests.fakes.telegram.server import CITIZEN, GROUP, OFFICER

        self._telegram = telegram
        #: where → chat, who writes there, title
        self._places = {
            "citizen": (CITIZEN, CITIZEN, "Telegram thử: người dân"),
            "group": (GROUP, OFFICER, "Telegram thử: nhóm cán bộ"),
            "officer": (OFFICER, OFFICER, "Telegram thử: cán bộ nhắn riêng"),
        }

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/", self.show)
        app.router.add_get("/nhom", self.show_group)
        app.router.add_get("/can-bo", self.show_officer)
        app.router.add_post("/_fake/say", self.say)
        app.router.add_post("/_fake/press", self.press)
        app.router.add_post("/_fake/act", self.act)
        app.router.add_post("/_fake/trouble", self.trouble)

    async def show(self, _request: web.Request) -> web.Response:
        """Show the citizen's chat."""
        return self._page("citizen", "/")

    async def show_group(self, _request: web.Request) -> web.Response:
        """Show the officers' group."""
        return self._page("group", "/nhom")

    async def show_officer(self, _request: web.Request) -> web.Response:
        """Show the officer's own chat with the bot."""
        return self._page("officer", "/can-bo")

    async def say(self, request: web.Request) -> web.Response:
        """Write there."""
        form = await request.post()
        where = str(form.get("where", "citizen"))
        chat, who, _ = self._places[where]
        self._telegram.say(who, str(form.get("text", "")) or "alo", chat)
        return await self._back(where)

    async def press(self, request: web.Request) -> web.Response:
        """Press a button."""
        form = await request.post()
        where = str(form.get("where", "citizen"))
        chat, who, _ = self._places[where]
        self._telegram.press(who, int(str(form["message"])), str(form["data"]), chat)
        return await self._back(where)

    async def act(self, request: web.Request) -> web.Response:
        """Do what a button of the page says."""
        form = await request.post()
        where = str(form.get("where", "citizen"))
        chat, who, _ = self._places[where]
        acts: dict[str, Callable[[], object]] = {
            "start": lambda: self._telegram.say(who, "/start"),
            "photo": lambda: self._telegram.photo(who),
            "block": lambda: self._telegram.block(who),
            "join": lambda: self._telegram.join(chat, "Nhóm cán bộ thử", who),
            "remove": lambda: self._telegram.remove(chat, who),
        }
        acts[str(form["act"])]()
        return await self._back(where)

    async def trouble(self, request: web.Request) -> web.Response:
        """Order troubles: {"route","kind","value","times"}; routes are methods in lower case."""
        asked = await request.json()
        self._telegram.troubles.add(
            asked["route"], Kind(asked["kind"]), asked.get("value", 0), asked.get("times", 1)
        )
        return web.json_response({"ok": True})

    async def _back(self, where: str) -> web.Response:
        """Wait a little for the answer, so that the page shows it."""
        chat, _, _ = self._places[where]
        seen = len(self._telegram.chats.deliveries(chat))
        for _ in range(30):
            if len(self._telegram.chats.deliveries(chat)) > seen:
                break
            await asyncio.sleep(0.1)
        raise web.HTTPSeeOther({"citizen": "/", "group": "/nhom", "officer": "/can-bo"}[where])

    def _page(self, where: str, here: str) -> web.Response:
        chat, who, title = self._places[where]
        items = self._telegram.chats.history[chat]
        lines = "\n".join(_line(item, who, where) for item in items) or "<p>Chưa có tin nào.</p>"
        acts = _GROUP_ACTS if where == "group" else _CITIZEN_ACTS
        shown = "".join(f'<button name="act" value="{a}">{label}</button> ' for a, label in acts)
        toasts = self._telegram.chats.toasts
        toast = html.escape(toasts[-1][0]) if toasts and where == "group" else ""
        page = _PAGE.format(
            title=title, here=here, lines=lines, where=where, acts=shown, toast=toast
        )
        return web.Response(text=page, content_type="text/html")


def _line(item: dict[str, Any], who: int, where: str) -> str:
    mine = "c" if item["from"]["id"] == who else "o"
    words = item.get("text") or item.get("caption") or "[tệp]"
    rows = item.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = "".join(_button(b, item["message_id"], where) for row in rows for b in row)
    return f'<div class="{mine}">{html.escape(words)}</div>{buttons}'


def _button(button: dict[str, Any], message_id: int, where: str) -> str:
    title = html.escape(button["text"])
    if "url" in button:
        return f'<a href="{html.escape(button["url"], quote=True)}">{title}</a> '
    data = html.escape(button["callback_data"], quote=True)
    return (
        '<form method="post" action="/_fake/press">'
        f'<input type="hidden" name="where" value="{where}">'
        f'<input type="hidden" name="message" value="{message_id}">'
        f'<input type="hidden" name="data" value="{data}"><button>{title}</button></form> '
    )
