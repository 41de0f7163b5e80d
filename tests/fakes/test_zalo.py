"""The fake of Zalo enforces Zalo's rules; otherwise tests against it would prove nothing."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, FormData, web
from aiohttp.test_utils import TestServer

from tests.fakes.zalo.server import FakeZalo, Habits

USER = "u1"
CS = "/v3.0/oa/message/cs"
PAIR = ("access_token", "refresh_token")


class Caller:
    """An app that calls Zalo by hand."""

    def __init__(self, zalo: FakeZalo, http: ClientSession) -> None:
        self.zalo, self.http = zalo, http
        self.token = zalo.tokens.issue()["access_token"]

    async def cs(self, message: dict[str, Any], user: str = USER, path: str = CS) -> int:
        body = {"recipient": {"user_id": user}, "message": message}
        headers = {"access_token": self.token}
        async with self.http.post(self.zalo.address + path, json=body, headers=headers) as answer:
            assert answer.status == 200
            return int((await answer.json(content_type=None))["error"])

    async def oauth(self, secret: str = "", **form: str) -> dict[str, Any]:
        account = self.zalo.account
        url = f"{self.zalo.address}/v4/oa/access_token"
        headers = {"secret_key": secret or account.app_secret}
        data = {"app_id": account.app_id, **form}
        async with self.http.post(url, data=data, headers=headers) as answer:
            return dict(await answer.json(content_type=None))


@pytest.fixture
async def caller(tmp_path: Path) -> AsyncIterator[Caller]:
    zalo = FakeZalo(tmp_path / "log.jsonl", habits=Habits(echo=False, received=False))
    await zalo.start()
    zalo.chats.wrote(USER, "m1", "alo")
    async with ClientSession() as http:
        yield Caller(zalo, http)
    await zalo.stop()


def buttons(number: int) -> dict[str, Any]:
    one = {"title": "Chọn", "type": "oa.query.hide", "payload": "#x:menu"}
    return {"type": "template", "payload": {"buttons": [one] * number}}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        pytest.param({"text": "Dạ."}, 0, id="text"),
        pytest.param({"text": "a" * 2000}, 0, id="longest text"),
        pytest.param({"text": "a" * 2001}, -210, id="text too long"),
        pytest.param({"text": "Dạ.", "attachment": buttons(5)}, 0, id="five buttons"),
        pytest.param({"text": "Dạ.", "attachment": buttons(6)}, -201, id="six buttons"),
        pytest.param({"attachment": {"type": "image"}}, -201, id="plain image"),
        pytest.param({"text": ""}, -201, id="nothing"),
        pytest.param({"text": "Dạ.", "quote_message_id": "m1"}, 0, id="quote"),
        pytest.param({"text": "Dạ.", "quote_message_id": "m0"}, -201, id="stale quote"),
    ],
)
async def test_messages_are_held_to_their_limits(
    caller: Caller, message: dict[str, Any], code: int
) -> None:
    assert await caller.cs(message) == code
    assert len(caller.zalo.chats.deliveries()) == (code == 0)


async def test_the_window_is_seven_days_from_the_last_word(caller: Caller) -> None:
    assert await caller.cs({"text": "Dạ."}, user="stranger") == -232
    caller.zalo.clock.ahead = timedelta(days=7, seconds=5)
    caller.token = caller.zalo.tokens.issue()["access_token"]
    assert await caller.cs({"text": "Dạ."}) == -230


async def test_tokens_expire_and_die_with_the_next(caller: Caller) -> None:
    caller.zalo.clock.ahead = timedelta(hours=26)
    assert await caller.cs({"text": "Dạ."}) == -220
    caller.zalo.tokens.issue()
    assert await caller.cs({"text": "Dạ."}) == -216


async def test_too_many_requests_in_a_minute_are_refused(caller: Caller) -> None:
    caller.zalo.api.per_minute = 2
    assert [await caller.cs({"text": "Dạ."}) for _ in range(4)][-1] == -32


async def test_old_paths_are_shut(caller: Caller) -> None:
    assert await caller.cs({"text": "Dạ."}, path="/v2.0/oa/message") == -240


async def test_a_refresh_token_serves_once(caller: Caller) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": caller.zalo.account.refresh_token}
    first, second = await caller.oauth(**form), await caller.oauth(**form)
    assert (isinstance(first["expires_in"], str), second["error"]) == (True, -14014)
    assert [second[name] for name in PAIR] == ["", ""]


async def test_oauth_wants_the_secret_of_the_app(caller: Caller) -> None:
    answer = await caller.oauth("wrong", grant_type="refresh_token", refresh_token="x")
    assert answer["error"] == -14004


async def test_an_event_climbs_the_ladder_until_somebody_takes_it(caller: Caller) -> None:
    tries: list[str | None] = []

    async def take(request: web.Request) -> web.Response:
        tries.append(request.headers.get("num_retry"))
        return web.Response(status=200 if len(tries) == 3 else 503)

    app = web.Application()
    app.router.add_post("/in", take)
    async with TestServer(app) as server:
        hooks = caller.zalo.webhooks
        hooks.url, hooks.scale = str(server.make_url("/in")), 1e6
        await hooks.post(hooks.said(USER, "alo"))
        assert (tries, hooks.enabled) == ([None, "1", "2"], True)


async def test_after_the_ladder_the_webhook_is_switched_off(caller: Caller) -> None:
    hooks = caller.zalo.webhooks
    hooks.url, hooks.scale = "http://127.0.0.1:9/in", 1e6
    await hooks.post(hooks.said(USER, "alo"))
    assert (hooks.answers, hooks.enabled) == ([0] * 6, False)


async def test_the_log_says_what_the_citizen_saw(caller: Caller) -> None:
    await caller.cs({"text": "Dạ, đúng ạ.", "attachment": buttons(1)})
    (line,) = caller.zalo.log.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["text"] == "Dạ, đúng ạ."


async def test_a_citizen_can_type_on_the_page_and_see_the_chat(caller: Caller) -> None:
    page = caller.zalo.address
    form = {"text": "<b>alo</b>", "user": "7"}
    async with caller.http.post(f"{page}/_fake/say", data=form) as answer:
        assert answer.status == 200
    assert [item["message"] for item in caller.zalo.chats.history["7"]] == ["<b>alo</b>"]


ARTICLE = {
    "type": "normal",
    "title": "Dân hỏi tháng 11",
    "author": "UBND",
    "cover": {"cover_type": "photo", "photo_url": "https://a.example.vn/b.jpg", "status": "show"},
    "description": "Hỏi đáp",
    "body": [{"type": "text", "content": "Câu 1."}],
    "status": "hide",
}


async def post(caller: Caller, path: str, body: dict[str, Any]) -> dict[str, Any]:
    url, headers = caller.zalo.address + path, {"access_token": caller.token}
    async with caller.http.post(url, json=body, headers=headers) as answer:
        return dict(await answer.json(content_type=None))


async def make(caller: Caller, article: dict[str, Any]) -> str:
    caller.zalo.api.articles.slowness = 1
    token = (await post(caller, "/v2.0/article/create", article))["data"]["token"]
    assert (await post(caller, "/v2.0/article/verify", {"token": token}))["error"] == -214
    made = await post(caller, "/v2.0/article/verify", {"token": token})
    return str(made["data"]["id"])


async def spread(caller: Caller, article_id: str) -> int:
    element = {"media_type": "article", "attachment_id": article_id}
    payload = {"template_type": "media", "elements": [element]}
    message = {"attachment": {"type": "template", "payload": payload}}
    body = {"recipient": {"target": {}}, "message": message}
    return int((await post(caller, "/v2.0/oa/message", body))["error"])


async def test_only_a_shown_article_is_sent_and_only_by_day(caller: Caller) -> None:
    noon = datetime.now(UTC).replace(hour=5, minute=0) + timedelta(days=1)
    caller.zalo.clock.ahead = noon - datetime.now(UTC)
    caller.token = caller.zalo.tokens.issue()["access_token"]
    article_id = await make(caller, ARTICLE)
    assert await spread(caller, article_id) == -201
    await post(caller, "/v2.0/article/update", {**ARTICLE, "id": article_id, "status": "show"})
    assert await spread(caller, article_id) == 0
    caller.zalo.clock.ahead += timedelta(hours=12)
    assert await spread(caller, article_id) == -234


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"title": "a" * 151}, -210, id="title"),
        pytest.param({"description": "a" * 301}, -210, id="description"),
        pytest.param({"cover": {}}, -201, id="no cover"),
        pytest.param({"body": []}, -201, id="no body"),
    ],
)
async def test_articles_are_held_to_their_limits(
    caller: Caller, change: dict[str, Any], code: int
) -> None:
    assert (await post(caller, "/v2.0/article/create", {**ARTICLE, **change}))["error"] == code


@pytest.mark.parametrize(
    ("kind", "name", "data", "code"),
    [
        pytest.param("image", "a.png", b"\x89PNG", 0, id="picture"),
        pytest.param("image", "a.gif", b"GIF8", -201, id="wrong kind"),
        pytest.param("image", "a.png", b"\x89PNG" + b"x" * (1 << 20), -210, id="over 1 MB"),
        pytest.param("file", "a.pdf", b"%PDF", 0, id="document"),
        pytest.param("file", "a", b"%PDF", -201, id="no ending"),
        pytest.param("file", "a.pdf", b"%PDF" + b"x" * (5 << 20), -210, id="over 5 MB"),
    ],
)
async def test_uploads_are_held_to_their_limits(
    caller: Caller, kind: str, name: str, data: bytes, code: int
) -> None:
    form = FormData()
    form.add_field("file", BytesIO(data), filename=name)
    url, headers = f"{caller.zalo.address}/v2.0/oa/upload/{kind}", {"access_token": caller.token}
    async with caller.http.post(url, data=form, headers=headers) as answer:
        assert (await answer.json(content_type=None))["error"] == code


async def test_an_upload_dies_after_a_week(caller: Caller) -> None:
    caller.zalo.api.uploads.known["old"] = caller.zalo.clock.now()
    assert await caller.cs({"attachment": {"type": "file", "payload": {"token": "old"}}}) == -100


async def test_recent_chats_come_ten_at_a_time(caller: Caller) -> None:
    for number in range(12):
        caller.zalo.chats.wrote(f"citizen-{number}", f"m{number}x", "alo")
    url = f"{caller.zalo.address}/v2.0/oa/listrecentchat"
    headers = {"access_token": caller.token}
    counts = []
    for asked in ('{"offset":0,"count":10}', '{"offset":10,"count":10}', '{"offset":0,"count":11}'):
        async with caller.http.get(url, params={"data": asked}, headers=headers) as answer:
            body = await answer.json(content_type=None)
            counts.append(len(body.get("data", ())) or body["error"])
    assert counts == [10, 3, -210]
