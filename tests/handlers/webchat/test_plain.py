"""The chat without a script: a form, a cookie, a page."""

import asyncio
from dataclasses import replace

import pytest

from bot.messages import Button, Outgoing
from handlers.webchat.limits import Allowance, RateLimit
from handlers.webchat.plain import COOKIE
from tests.handlers.site_world import Client, SiteWorld, lines_of, open_chat, visiting


async def ask(client: Client, **form: str) -> str:
    response = await client.post("/hoi", data=form)
    assert response.status == 200
    return await response.text()


def token_of(client: Client) -> str:
    jar = client.session.cookie_jar.filter_cookies(client.make_url("/hoi"))
    return jar[COOKIE].value


async def test_a_question_by_form_stands_on_the_next_page(visitor: Client) -> None:
    page = await ask(visitor, text="làm khai sinh <b>ở đâu</b>")
    assert "làm khai sinh &lt;b&gt;ở đâu&lt;/b&gt;" in page
    assert (await lines_of(visitor, token_of(visitor)))[0]["seq"] == 1


async def test_the_cookie_is_kept_from_scripts_and_other_sites(visitor: Client) -> None:
    answer = await visitor.post("/hoi", data={"text": "xin chào"}, allow_redirects=False)
    cookie = answer.cookies[COOKIE]
    assert answer.status == 303
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


async def test_a_second_question_goes_on_with_the_same_conversation(visitor: Client) -> None:
    await ask(visitor, text="một")
    token = token_of(visitor)
    page = await ask(visitor, text="hai")
    assert token_of(visitor) == token
    assert page.index("một") < page.index("hai")


async def test_a_most_asked_matter_is_asked_by_its_button(visitor: Client) -> None:
    assert "Làm giấy khai sinh cần gì?" in await ask(
        visitor, text="", ask="Làm giấy khai sinh cần gì?"
    )


async def test_choices_are_buttons_of_the_form(citizens: SiteWorld, visitor: Client) -> None:
    await ask(visitor, text="khai sinh")
    offered = Outgoing("Dạ, việc nào?", buttons=(Button("Đăng ký lại", "entry:1"),))
    await citizens.say(token_of(visitor), offered)
    page = await (await visitor.get("/hoi")).text()
    assert 'name="payload" value="entry:1"' in page
    await ask(visitor, payload="entry:1", text="")
    assert (await lines_of(visitor, token_of(visitor)))[-1]["text"] == "Đăng ký lại"


async def test_the_page_waits_a_moment_for_the_answer(citizens: SiteWorld, visitor: Client) -> None:
    await visitor.post("/hoi", data={"text": "làm khai sinh"}, allow_redirects=False)
    shown = asyncio.create_task(visitor.get("/hoi"))
    await citizens.say(token_of(visitor), Outgoing("Dạ, cần giấy chứng sinh."))
    assert "Dạ, cần giấy chứng sinh." in await (await shown).text()


async def test_a_long_conversation_is_shown_page_by_page(
    citizens: SiteWorld, visitor: Client
) -> None:
    await ask(visitor, text="một")
    await citizens.say(token_of(visitor), *(Outgoing(f"câu {n}.") for n in range(2, 100)))
    newest = await (await visitor.get("/hoi")).text()
    oldest = await (await visitor.get("/hoi?trang=1")).text()
    assert ("câu 99." in newest, "câu 2." in newest) == (True, False)
    assert ("câu 99." in oldest, "câu 2." in oldest) == (False, True)


async def test_pages_are_turned_at_a_readers_pace(citizens: SiteWorld, visitor: Client) -> None:
    token = await open_chat(visitor)
    limit = RateLimit(Allowance(burst=2, per_second=0.01))
    citizens.chat.reception = replace(citizens.chat.reception, readings=limit)
    async with visiting(citizens) as reader:
        looks = [await reader.get(path) for path in ("/hoi", f"/api/v1/chat/{token}", "/hoi")]
    assert [look.status for look in looks] == [200, 200, 429]


async def test_a_form_on_another_site_is_turned_away(visitor: Client) -> None:
    for origin in ("https://evil.example", "null"):
        answer = await visitor.post("/hoi", data={"text": "a"}, headers={"Origin": origin})
        assert answer.status == 403


@pytest.mark.parametrize(
    ("form", "status"),
    [
        pytest.param({"text": "a" * 4001}, 413, id="too long"),
        pytest.param({"payload": "p" * 1001}, 400, id="payload nobody offered"),
        pytest.param({"text": "  "}, 200, id="blank"),
        pytest.param({}, 200, id="empty"),
    ],
)
async def test_bad_forms(visitor: Client, form: dict[str, str], status: int) -> None:
    assert (await visitor.post("/hoi", data=form)).status == status


async def test_an_ended_conversation_is_followed_by_a_new_one(visitor: Client) -> None:
    visitor.session.cookie_jar.update_cookies({COOKIE: "da-het-han"}, visitor.make_url("/hoi"))
    assert "xin chào" in await ask(visitor, text="xin chào")
    assert token_of(visitor) != "da-het-han"
