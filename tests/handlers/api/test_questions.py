"""The desk by machine."""

import asyncio
from collections import Counter

import pytest

from bot.officers import Role
from bot.officers.tokens import Scope
from bot.questions import desk, repository
from bot.questions.life import Act
from bot.store import Store
from handlers.access import COOKIE
from handlers.api.questions import BadRequest, read_deed
from knowledge.decisions import MatterKind
from tests.bot.questions.samples import NOW
from tests.handlers.desk_world import DeskWorld, furnish, published, visiting

LIST = "/api/v1/questions"


@pytest.fixture
async def world(store: Store) -> DeskWorld:
    return await furnish(store)


async def test_of_fifty_simultaneous_claims_one_wins_and_the_others_learn_who(
    world: DeskWorld,
) -> None:
    opened = await world.ask()
    officers = [await world.hire(f"o{n}", Role.OFFICER, "ct-so-y-te") for n in range(50)]
    machines = [await world.token(officer) for officer in officers]
    async with visiting(world) as browser:
        claims = [
            browser.client.post(f"{LIST}/{opened.code}/claim", headers=headers)
            for headers in machines
        ]
        answers = await asyncio.gather(*claims)
        assert Counter(answer.status for answer in answers) == {200: 1, 409: 49}
        told = {(await a.json())["holder"] for a in answers if a.status == 409}
    row = await world.store.read(lambda c: repository.by_id(c, opened.id))
    assert row is not None
    assert told == {row.holder}


async def test_a_machine_answers_a_question_from_list_to_sent(world: DeskWorld) -> None:
    opened = await world.ask()
    headers = await world.token(await world.hire("an", Role.OFFICER, "ct-so-y-te"))
    async with visiting(world) as browser:
        listed = await browser.client.get(
            LIST, params={"agency": "ct-so-y-te", "state": "open"}, headers=headers
        )
        (found,) = (await listed.json())["questions"]
        for act, body in (
            ("claim", {}),
            ("ask", {"text": "Ở xã nào ạ?"}),
            ("draft", {"text": "Ở xã."}),
        ):
            path = f"{LIST}/{found['code']}/{act}"
            answer = await browser.client.post(path, json=body, headers=headers)
            assert answer.status == 200, await answer.text()
        shown = await browser.client.get(f"{LIST}/{opened.code}", headers=headers)
        question = await shown.json()
    assert (question["state"], question["draft"]["text"]) == ("waiting", "Ở xã.")
    assert [event["act"] for event in question["events"]] == ["receive", "claim", "ask", "draft"]


async def test_approval_is_asked_for_where_it_is_required(world: DeskWorld) -> None:
    opened = await world.ask(at="ct-so-noi-vu")
    officer = await world.token(await world.hire("an", Role.OFFICER, "ct-so-noi-vu"))
    leader = await world.token(await world.hire("cuc", Role.LEADER, "ct-so-noi-vu"))
    steps = [
        (officer, "claim", {}, 200),
        (officer, "draft", {"text": "Xong."}, 200),
        (officer, "send", {}, 409),
        (officer, "approve", {}, 403),
        (leader, "approve", {}, 200),
        (officer, "send", {}, 200),
    ]
    async with visiting(world) as browser:
        for headers, act, body, status in steps:
            path = f"{LIST}/{opened.code}/{act}"
            answer = await browser.client.post(path, json=body, headers=headers)
            assert (act, answer.status) == (act, status), await answer.text()


@pytest.mark.parametrize(
    ("act", "body", "status", "error"),
    [
        pytest.param("claim", "[]", 400, "bad_request", id="not an object"),
        pytest.param("claim", "{", 400, "bad_request", id="not JSON"),
        pytest.param("claim", '{"version": "1"}', 400, "bad_request", id="version as text"),
        pytest.param("claim", '{"version": 9}', 409, "outdated", id="older version"),
        pytest.param("send", "{}", 409, "not_possible", id="nothing drafted"),
        pytest.param("refuse", "{}", 422, "incomplete", id="refused without a word"),
        pytest.param(
            "transfer", '{"agency": "nowhere", "reason": "x"}', 422, "unknown_agency", id="nowhere"
        ),
    ],
)
async def test_what_cannot_be_done_is_told_apart(
    world: DeskWorld, act: str, body: str, status: int, error: str
) -> None:
    opened = await world.ask()
    headers = await world.token(await world.hire("an", Role.OFFICER, "ct-so-y-te"))
    async with visiting(world) as browser:
        path = f"{LIST}/{opened.code}/{act}"
        answer = await browser.client.post(path, data=body, headers=headers)
        assert (answer.status, (await answer.json())["error"]) == (status, error)


async def test_a_machine_without_an_officer_reads_but_does_nothing(world: DeskWorld) -> None:
    opened = await world.ask()
    secret = await world.ask("Tố cáo ông A", kind=MatterKind.DENUNCIATION)
    headers = await world.token(None)
    async with visiting(world) as browser:
        assert (await browser.client.get(f"{LIST}/{opened.code}", headers=headers)).status == 200
        assert (await browser.client.get(f"{LIST}/{secret.code}", headers=headers)).status == 404
        claim = await browser.client.post(f"{LIST}/{opened.code}/claim", headers=headers)
        assert (claim.status, (await claim.json())["error"]) == (403, "no_officer")


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"state": "lost"}, id="unknown state"),
        pytest.param({"page": "0"}, id="page zero"),
        pytest.param({"page": "x"}, id="no number"),
        pytest.param({"page": "9" * 5000}, id="a number without end"),
    ],
)
async def test_a_list_that_makes_no_sense_is_turned_down(
    world: DeskWorld, query: dict[str, str]
) -> None:
    headers = await world.token(None, Scope.DESK)
    async with visiting(world) as browser:
        assert (await browser.client.get(LIST, params=query, headers=headers)).status == 400


def test_a_refusal_in_the_officers_own_words_needs_no_code() -> None:
    deed = read_deed(Act.REFUSE, '{"reason": "Việc này của tòa án"}'.encode())
    assert (deed.reason, deed.text) == ("other", "Việc này của tòa án")


def test_deep_nesting_is_a_bad_request() -> None:
    with pytest.raises(BadRequest):
        read_deed(Act.CLAIM, b"[" * 100_000)


async def test_a_machine_cannot_tell_that_an_answer_was_rated(world: DeskWorld) -> None:
    opened = await world.ask()
    headers = await world.token(await world.hire("an", Role.OFFICER, "ct-so-y-te"))
    async with visiting(world) as browser:
        path = f"{LIST}/{opened.code}"
        for act, body in (("claim", {}), ("draft", {"text": "Ở xã."}), ("send", {})):
            await browser.client.post(f"{path}/{act}", json=body, headers=headers)
        before = await (await browser.client.get(path, headers=headers)).json()
        await world.do(lambda c: desk.rate(c, opened.id, 1, NOW))
        assert await (await browser.client.get(path, headers=headers)).json() == before
        rated = await browser.client.get(LIST, params={"state": "rated"}, headers=headers)
        assert rated.status == 400


async def test_broken_characters_do_no_harm(world: DeskWorld) -> None:
    opened = await world.ask()
    headers = await world.token(await world.hire("an", Role.OFFICER, "ct-so-y-te"))
    async with visiting(world) as browser:
        path = f"{LIST}/{opened.code}"
        await browser.client.post(f"{path}/claim", headers=headers)
        body = b'{"text": "\\u0000Ho\\u0300a \\ud800\\u202e"}'
        answer = await browser.client.post(f"{path}/draft", data=body, headers=headers)
        assert answer.status == 200, await answer.text()
        shown = await (await browser.client.get(path, headers=headers)).json()
    assert shown["draft"]["text"] == "Hòa"


async def test_an_editors_machine_reads_question_and_answer_masked_and_nothing_else(
    world: DeskWorld,
) -> None:
    opened = await published(world, "Tôi là Nguyễn Văn An, 0912345678", "Chào ông, 0912345678.")
    headers = await world.token(await world.hire("bien", Role.EDITOR))
    async with visiting(world) as browser:
        listed = await browser.client.get(LIST, headers=headers)
        shown = await browser.client.get(f"{LIST}/{opened.code}", headers=headers)
        texts = await listed.text() + await shown.text()
        question = await shown.json()
    assert not [hidden for hidden in ("0912345678", "Nguyễn Văn An") if hidden in texts]
    assert (question["draft"], question["events"]) == (None, [])


@pytest.mark.parametrize(
    ("search", "found"),
    [
        pytest.param("bảo hiểm", 1, id="by words that are left"),
        pytest.param("0912345678", 0, id="not by a telephone number"),
    ],
)
async def test_an_editors_machine_finds_only_what_it_may_read(
    world: DeskWorld, search: str, found: int
) -> None:
    await published(world, "Số tôi là 0912345678, hỏi thẻ bảo hiểm")
    headers = await world.token(await world.hire("bien", Role.EDITOR))
    async with visiting(world) as browser:
        answer = await browser.client.get(LIST, params={"q": search}, headers=headers)
        assert (await answer.json())["total"] == found


async def test_a_machine_is_its_tokens_officer_whatever_cookie_it_brings(
    world: DeskWorld,
) -> None:
    opened = await world.ask()
    secret, _ = await world.log_in(await world.hire("an", Role.OFFICER, "ct-so-y-te"))
    headers = await world.token(None)
    async with visiting(world) as browser:
        browser.client.session.cookie_jar.update_cookies({COOKIE: secret})
        claim = await browser.client.post(f"{LIST}/{opened.code}/claim", headers=headers)
        assert (claim.status, (await claim.json())["error"]) == (403, "no_officer")
