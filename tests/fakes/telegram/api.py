"""The Bot API as Telegram serves it: methods in any case, parameters by form, query or JSON."""

import json
import re
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from tests.fakes.telegram.updates import Updates
from tests.fakes.telegram.world import ANSWERABLE, Chats, Pace, Refusal
from tests.fakes.zalo.trouble import Troubles

_LONGEST_TEXT = 4096
_LONGEST_DATA = 64
_LARGEST_FILE = 20 << 20
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")

Parameters = Mapping[str, Any]
Method = Callable[[Parameters], Awaitable[Any]]


class Api:
    """Serves the methods a bot of ours calls. `refusals` answer the next sendings instead."""

    def __init__(self, chats: Chats, updates: Updates, pace: Pace, troubles: Troubles) -> None:
        self._chats = chats
        self._updates = updates
        self._pace = pace
        self._troubles = troubles
        self.token = chats.account.token
        #: method and parameters of every request, in order
        self.requests: list[tuple[str, Parameters]] = []
        self.refusals: deque[Refusal] = deque()
        #: how many requests were refused with which status
        self.refused: Counter[int] = Counter()
        self.commands: dict[str, list[dict[str, str]]] = {}
        self._methods: dict[str, Method] = {
            "getme": self.get_me,
            "sendmessage": self.send_message,
            "editmessagereplymarkup": self.edit_markup,
            "answercallbackquery": self.answer_query,
            "getupdates": self.get_updates,
            "setwebhook": self.set_webhook,
            "deletewebhook": self.delete_webhook,
            "getwebhookinfo": self.webhook_info,
            "setmycommands": self.set_commands,
            "setmydescription": self.set_description,
            "getfile": self.get_file,
        }

    def add_routes(self, app: web.Application) -> None:
        app.router.add_route("*", "/bot{token}/{method}", self.serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self.download)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one call, with whatever trouble was ordered for it."""
        name = request.match_info["method"].lower()
        trouble = self._troubles.take("send" if name == "sendmessage" else name)
        if trouble and not trouble.is_after and (answer := await trouble.happen(request)):
            return answer
        try:
            answer = web.json_response({"ok": True, "result": await self._call(request, name)})
        except Refusal as refusal:
            self.refused[refusal.status] += 1
            answer = web.json_response(refusal.body, status=refusal.status)
        if trouble and trouble.is_after:
            return await trouble.happen(request) or answer
        return answer

    async def _call(self, request: web.Request, name: str) -> Any:  # noqa: ANN401
        self._authorise(request.match_info["token"])
        method = self._methods.get(name)
        if method is None:
            raise Refusal(404, "Not Found: method not found")
        parameters = await _parameters(request)
        self.requests.append((name, parameters))
        return await method(parameters)

    def _authorise(self, token: str) -> None:
        if not re.fullmatch(r"\d+:[\w-]+", token):
            raise Refusal(404, "Not Found")
        if token != self.token:
            raise Refusal(401, "Unauthorized")

    async def get_me(self, _parameters: Parameters) -> Any:  # noqa: ANN401
        """Return the bot's card."""
        return {**self._chats.bot(), "can_join_groups": True,
                "can_read_all_group_messages": False, "supports_inline_queries": False}  # fmt: skip

    async def send_message(self, asked: Parameters) -> Any:  # noqa: ANN401
        """Deliver a message, or say why not."""
        if self.refusals:
            raise self.refusals.popleft()
        chat, text = int(asked.get("chat_id", 0)), str(asked.get("text", ""))
        self._chats.check(chat)
        if not text.strip():
            raise Refusal(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > _LONGEST_TEXT:
            raise Refusal(400, "Bad Request: message is too long")
        message: dict[str, Any] = {"text": text}
        if markup := asked.get("reply_markup"):
            _check_keyboard(markup)
            message["reply_markup"] = markup
        if quoted := self._quoted(chat, asked.get("reply_parameters")):
            message["reply_to_message"] = quoted
        self._pace.check(chat)
        return self._chats.deliver(chat, message)

    async def edit_markup(self, asked: Parameters) -> Any:  # noqa: ANN401
        """Change or take away the keyboard under a message of the bot's."""
        found = self._chats.find(int(asked["chat_id"]), int(asked["message_id"]))
        if found is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        if found.get("reply_markup") == asked.get("reply_markup"):
            raise Refusal(400, "Bad Request: message is not modified")
        found.pop("reply_markup", None)
        if markup := asked.get("reply_markup"):
            found["reply_markup"] = markup
        return found

    async def answer_query(self, asked: Parameters) -> Any:  # noqa: ANN401
        """Stop the spinner of a press; each can be answered once and for minutes."""
        pressed = self._chats.queries.pop(str(asked.get("callback_query_id")), None)
        if pressed is None or self._chats.clock.now() - pressed > ANSWERABLE:
            raise Refusal(400, "Bad Request: query is too old and response timeout expired or "
                               "query ID is invalid")  # fmt: skip
        if len(str(asked.get("text", ""))) > 200:
            raise Refusal(400, "Bad Request: MESSAGE_TOO_LONG")
        self._chats.toasts.append((str(asked.get("text", "")), bool(asked.get("show_alert"))))
        return True

    async def get_updates(self, asked: Parameters) -> Any:  # noqa: ANN401
        """Return what is queued."""
        offset = asked.get("offset")
        return await self._updates.ask(
            None if offset is None else int(offset),
            int(asked.get("limit", 100)),
            float(asked.get("timeout", 0)),
            _kinds(asked),
        )

    async def set_webhook(self, asked: Parameters) -> Any:  # noqa: ANN401
        """Post updates to an address; real Telegram takes https only."""
        secret, url = str(asked.get("secret_token", "")), str(asked.get("url", ""))
        if secret and not _SECRET.fullmatch(secret):
            raise Refusal(400, "Bad Request: secret token contains unallowed characters")
        if urlsplit(url).scheme not in ("http", "https"):
            raise Refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided")
        self._updates.hook(url, secret, _kinds(asked))
        return True

    async def delete_webhook(self, asked: Parameters) -> Any:  # noqa: ANN401
        """Stop posting."""
        if str(asked.get("drop_pending_updates", "")).lower() == "true":
            self._updates.pending.clear()
        self._updates.hook("", "", None)
        return True

    async def webhook_info(self, _asked: Parameters) -> Any:  # noqa: ANN401
        """Return where updates go and how many wait."""
        info: dict[str, Any] = {
            "url": self._updates.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates.pending),
            "allowed_updates": sorted(self._updates.allowed),
        }
        if self._updates.last_error:
            info["last_error_message"] = self._updates.last_error
            info["last_error_date"] = int(self._chats.clock.now().timestamp())
        return info

    async def set_commands(self, asked: Parameters) -> Any:  # noqa: ANN401
        """Keep the menu of a scope."""
        for command in asked["commands"]:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        self.commands[asked.get("scope", {}).get("type", "default")] = asked["commands"]
        return True

    async def set_description(self, asked: Parameters) -> Any:  # noqa: ANN401
        """Take what an empty chat shows."""
        if len(str(asked.get("description", ""))) > 512:
            raise Refusal(400, "Bad Request: description is too long")
        return True

    async def get_file(self, asked: Parameters) -> Any:  # noqa: ANN401
        """Return where a file can be fetched."""
        path, content = self._chats.files.get(str(asked.get("file_id")), ("", b""))
        if not path:
            raise Refusal(400, "Bad Request: invalid file_id")
        if len(content) > _LARGEST_FILE:
            raise Refusal(400, "Bad Request: file is too big")
        return {"file_id": asked["file_id"], "file_unique_id": path[:8],
                "file_size": len(content), "file_path": path}  # fmt: skip

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Hand out a file's bytes."""
        if request.match_info["token"] != self.token:
            return web.Response(status=404)
        wanted = request.match_info["path"]
        found = next((c for path, c in self._chats.files.values() if path == wanted), None)
        return web.Response(status=404) if found is None else web.Response(body=found)

    def _quoted(self, chat: int, asked: Any) -> dict[str, Any] | None:  # noqa: ANN401
        if not asked:
            return None
        found = self._chats.find(chat, int(asked["message_id"]))
        if found is None and not asked.get("allow_sending_without_reply"):
            raise Refusal(400, "Bad Request: message to be replied not found")
        return found and {k: v for k, v in found.items() if k != "reply_to_message"}


def _kinds(asked: Parameters) -> frozenset[str] | None:
    kinds = asked.get("allowed_updates")
    return None if kinds is None else frozenset(kinds)


def _check_keyboard(markup: Mapping[str, Any]) -> None:
    for button in (button for row in markup["inline_keyboard"] for button in row):
        data, url = button.get("callback_data"), button.get("url")
        if not button.get("text") or (data is None) == (url is None):
            raise Refusal(400, "Bad Request: can't parse inline keyboard button")
        if data is not None and not 1 <= len(data.encode()) <= _LONGEST_DATA:
            raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
        if url is not None and "." not in (urlsplit(url).hostname or ""):
            raise Refusal(400, f"Bad Request: inline keyboard button URL '{url}' is invalid: "
                               "Wrong HTTP URL")  # fmt: skip


async def _parameters(request: web.Request) -> Parameters:
    """Return the parameters; lists and objects come as JSON in text."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        given |= await request.json()
    else:
        given |= dict(await request.post())
    return {name: v if name == "text" else _value(v) for name, v in given.items()}


def _value(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
