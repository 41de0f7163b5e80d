"""The web chat's contract: opening, sending, reading."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from bot.clock.starter import OFFICE_ZONE
from bot.messages import Button, Outgoing, Source
from bot.questions.codes import new_code
from bot.store import StoreUnavailable
from bot.tables.delivery import conversation, inbox
from handlers.webchat.limits import Allowance, RateLimit
from handlers.webchat.requests import MAX_TEXT
from tests.handlers.site_world import Client, SiteWorld, lines_of, open_chat, send, visiting


async def test_a_conversation_has_a_token_nobody_guesses_and_no_database_holds(
    citizens: SiteWorld, visitor: Client
) -> None:
    response = await visitor.post("/api/v1/conversations")
    token = (await response.json())["conversation"]
    assert (response.status, len(token) >= 22) == (201, True)
    rows = await citizens.store.read(lambda c: c.execute(select(conversation)).all())
    assert token not in str(rows)


async def test_a_message_is_answered_after_it_is_kept(citizens: SiteWorld, visitor: Client) -> None:
    token = await open_chat(visitor)
    response = await send(visitor, token, text="làm khai sinh")
    assert (response.status, await response.json()) == (202, {"seq": 1, "duplicate": False})
    raw = await citizens.store.read(lambda c: c.execute(select(inbox.c.raw)).scalar_one())
    assert "khai sinh" in raw.decode()
    assert token not in raw.decode()


async def test_a_repeat_gets_the_first_number_and_changes_nothing(visitor: Client) -> None:
    token = await open_chat(visitor)
    for _ in range(2):
        response = await send(visitor, token, "same", text="làm khai sinh")
    assert await response.json() == {"seq": 1, "duplicate": True}
    assert len(await lines_of(visitor, token)) == 1


async def test_twenty_repeats_at_once_are_one_message(visitor: Client) -> None:
    token = await open_chat(visitor)
    posts = [send(visitor, token, "same", text="làm khai sinh") for _ in range(15)]
    answers = [await response.json() for response in await asyncio.gather(*posts)]
    assert {answer["seq"] for answer in answers} == {1}
    assert sum(not answer["duplicate"] for answer in answers) == 1


async def test_other_words_under_the_same_id_are_a_conflict(visitor: Client) -> None:
    token = await open_chat(visitor)
    await send(visitor, token, "same", text="làm khai sinh")
    assert (await send(visitor, token, "same", text="làm khai tử")).status == 409


async def test_two_conversations_may_use_the_same_ids(visitor: Client) -> None:
    for _ in range(2):
        response = await send(visitor, await open_chat(visitor), "same", text="xin chào")
        assert await response.json() == {"seq": 1, "duplicate": False}


@pytest.mark.parametrize(
    ("content", "status"),
    [
        pytest.param({"text": "a" * MAX_TEXT}, 202, id="as long as may be"),
        pytest.param({"text": "a" * (MAX_TEXT + 1)}, 413, id="too long"),
        pytest.param({"text": "   "}, 400, id="blank"),
        pytest.param({"text": "\u200b\u202e\x00"}, 400, id="only unseen characters"),
        pytest.param({"text": "a\ud800\x00b"}, 202, id="surrogate and NUL among letters"),
        pytest.param({"text": "a", "payload": "b"}, 400, id="both text and payload"),
        pytest.param({}, 400, id="neither"),
        pytest.param({"text": 5}, 400, id="a number"),
        pytest.param({"payload": "\ud800"}, 400, id="payload no database keeps"),
        pytest.param({"text": "a", "client_id": "\x00"}, 400, id="id no database keeps"),
        pytest.param({"text": "a", "client_id": "x" * 101}, 400, id="long id"),
    ],
)
async def test_what_may_be_sent(visitor: Client, content: dict[str, str], status: int) -> None:
    token = await open_chat(visitor)
    body = {"conversation": token, "client_id": "a1", **content}
    assert (await visitor.post("/api/v1/chat", json=body)).status == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"", 400, id="empty"),
        pytest.param(b"xin chao", 400, id="no JSON"),
        pytest.param(b"[1]", 400, id="no object"),
        pytest.param(b'{"text": "\xff"}', 400, id="no UTF-8"),
        pytest.param(b"[" * 20_000, 400, id="deeply nested"),
        pytest.param(b"x" * (7 * 1024 * 1024), 413, id="seven megabytes"),
    ],
)
async def test_bad_bodies_get_the_documented_answer(
    visitor: Client, body: bytes, status: int
) -> None:
    response = await visitor.post("/api/v1/chat", data=BytesIO(body))
    assert response.status == status
    assert (await response.json())["error"] == status


async def test_an_unknown_conversation_is_not_found(visitor: Client) -> None:
    assert (await send(visitor, "không-có")).status == 404
    assert (await visitor.get("/api/v1/chat/khong-co")).status == 404
    assert (await visitor.get("/api/v1/chat/khong-co/events")).status == 404


async def test_a_conversation_dies_after_thirty_idle_days(
    citizens: SiteWorld, visitor: Client
) -> None:
    token = await open_chat(visitor)
    citizens.pass_time(timedelta(days=29))
    assert (await send(visitor, token, "1")).status == 202
    citizens.pass_time(timedelta(days=29))
    assert (await visitor.get(f"/api/v1/chat/{token}")).status == 200
    citizens.pass_time(timedelta(days=2))
    assert (await send(visitor, token, "2")).status == 404


async def test_who_writes_faster_than_people_do_is_asked_to_wait(visitor: Client) -> None:
    token = await open_chat(visitor)
    posts = [await send(visitor, token, str(n)) for n in range(25)]
    refused = [response for response in posts if response.status == 429]
    assert [r.status for r in posts[:20]] == [202] * 20
    assert refused
    assert all(int(r.headers["Retry-After"]) >= 1 for r in refused)
    assert (await send(visitor, await open_chat(visitor))).status == 202


async def test_messages_have_the_contracts_shape(citizens: SiteWorld, visitor: Client) -> None:
    token = await open_chat(visitor)
    await send(visitor, token, text="khai sinh")
    asked = await citizens.ask()
    card = Outgoing(
        "Dạ, …",
        buttons=(Button("Rõ rồi", "helped"), Button("Nộp", url="https://dichvucong.gov.vn/x")),
        sources=(Source("Cổng", "https://dichvucong.gov.vn", citizens.now.date()),),
        decision="answer",
        codes=("1.001193",),
        question_id=asked.id,
    )
    await citizens.say(token, card)
    said = (await lines_of(visitor, token))[1]
    assert said | {"at": "", "files": []} == {
        "seq": 2,
        "role": "assistant",
        "text": "Dạ, …",
        "buttons": [
            {"label": "Rõ rồi", "payload": "helped"},
            {"label": "Nộp", "payload": "", "url": "https://dichvucong.gov.vn/x"},
        ],
        "decision": "answer",
        "codes": ["1.001193"],
        "question": {
            "code": asked.code,
            "state": "queued",
            "agency": "Sở Y tế",
            "due": asked.due_at and asked.due_at.astimezone(OFFICE_ZONE).isoformat(),
        },
        "sources": [
            {"title": "Cổng", "url": "https://dichvucong.gov.vn", "checked_on": "2026-11-16"}
        ],
        "files": [],
        "at": "",
    }


async def test_a_pressed_button_stands_in_the_transcript_by_its_label(
    citizens: SiteWorld, visitor: Client
) -> None:
    token = await open_chat(visitor)
    await citizens.say(token, Outgoing("Chọn", buttons=(Button("Khai sinh", "entry:1"),)))
    await send(visitor, token, payload="entry:1")
    assert (await lines_of(visitor, token))[-1]["text"] == "Khai sinh"


async def test_reading_goes_on_from_a_number(citizens: SiteWorld, visitor: Client) -> None:
    token = await open_chat(visitor)
    await citizens.say(token, *(Outgoing(f"câu {n}") for n in range(1, 6)))
    response = await visitor.get(f"/api/v1/chat/{token}?after=3")
    read = await response.json()
    assert ([m["seq"] for m in read["messages"]], read["next"]) == ([4, 5], 5)
    assert (await (await visitor.get(f"/api/v1/chat/{token}?after=5")).json())["next"] == 5
    assert len(await lines_of(visitor, token, after=-1)) == 5


async def test_nothing_is_acknowledged_while_the_store_is_down(
    citizens: SiteWorld, visitor: Client
) -> None:
    token = await open_chat(visitor)
    await citizens.store.close()
    response = await send(visitor, token)
    assert (response.status, response.headers["Retry-After"]) == (503, "5")
    assert StoreUnavailable.__doc__


async def test_codes_are_no_faster_guessed_in_the_chat_than_on_their_page(
    citizens: SiteWorld,
) -> None:
    few = RateLimit(Allowance(burst=2, per_second=0.01))
    citizens.chat.reception = replace(citizens.chat.reception, guesses=few)
    async with visiting(citizens) as client:
        tokens = [await open_chat(client) for _ in range(3)]
        guessed = [await send(client, token, text=new_code()) for token in tokens]
        asked = await send(client, tokens[-1], "2", text="làm khai sinh")
    assert [response.status for response in guessed] == [202, 202, 429]
    assert asked.status == 202


async def test_a_caller_with_many_conversations_still_writes_at_one_pace(
    citizens: SiteWorld,
) -> None:
    few = RateLimit(Allowance(burst=3, per_second=0.1))
    citizens.chat.reception = replace(citizens.chat.reception, callers=few)
    async with visiting(citizens) as client:
        tokens = [await open_chat(client) for _ in range(4)]
        answers = [await send(client, token) for token in tokens]
    assert [a.status for a in answers] == [202, 202, 202, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
