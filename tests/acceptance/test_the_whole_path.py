"""From a citizen's words to the month's list, through HTTP alone."""

import itertools
from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from bot.officers import Role
from tests.acceptance.service import Citizen, Desk, Running, employ, running

_NUMBERS = itertools.count()
QUESTION = "đường vô ấp Hoà Đê ngập hoài mấy tháng nay hông ai sửa, xin cho biết chừng nào làm"


pytestmark = pytest.mark.asyncio(loop_scope="module")
with_module = partial(pytest_asyncio.fixture, loop_scope="module")


@with_module(scope="module")
async def service(
    module_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Running]:
    folder = tmp_path_factory.mktemp("service")
    async with running(module_database, folder) as started:
        yield started


@with_module()
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@with_module()
async def citizen(service: Running, session: ClientSession) -> Citizen:
    return await Citizen(session, service.address).open()


@with_module()
async def coordinator(service: Running, session: ClientSession) -> Desk:
    return await employ(service, session, f"dp{next(_NUMBERS)}", Role.COORDINATOR, None)


async def officer_for(
    code: str, coordinator: Desk, service: Running, session: ClientSession
) -> Desk:
    """Return an officer of the agency that has the question."""
    _, question = await coordinator.get(f"/{code}")
    name = f"cb{next(_NUMBERS)}"
    return await employ(service, session, name, Role.OFFICER, question["agency"])


async def test_a_plain_question_is_answered_at_once(citizen: Citizen) -> None:
    replies = await citizen.say("lam khai sanh cho con can giay to gi")
    card = replies[-1]
    assert (card["decision"], card["codes"][:1]) == ("answer", ["1.001193"])
    assert card["sources"][0]["checked_on"]


async def test_what_nobody_can_answer_gets_a_code_an_agency_and_a_date(citizen: Citizen) -> None:
    receipt = (await citizen.say(QUESTION))[-1]
    assert receipt["decision"] == "handoff"
    assert {"code", "agency", "due", "state"} <= receipt["question"].keys()


async def test_an_officers_answer_returns_to_the_chat(
    citizen: Citizen, coordinator: Desk, service: Running, session: ClientSession
) -> None:
    code = (await citizen.say(QUESTION))[-1]["question"]["code"]
    officer = await officer_for(code, coordinator, service, session)
    for act, body in (
        ("claim", {}),
        ("draft", {"text": "Xã sẽ nâng đường trong tháng 12.", "basis": "Kế hoạch của xã"}),
        ("send", {}),
    ):
        status, answer = await officer.do(code, act, **body)
        assert status == 200, answer
    answer = (await citizen.hear())[-1]
    assert answer["role"] == "officer"
    assert "Xã sẽ nâng đường trong tháng 12." in answer["text"]
    assert answer["question"]["state"] == "answered"


async def test_every_question_is_in_exactly_one_bucket(citizen: Citizen, coordinator: Desk) -> None:
    for text in (QUESTION, "xe rác hông vô hẻm gom rác nữa", "đèn đường hư nguyên con hẻm"):
        await citizen.say(text)
    _, everything = await coordinator.get()
    sums = [(await coordinator.get(state=bucket))[1]["total"] for bucket in BUCKETS]
    assert sum(sums) == everything["total"] >= 3


BUCKETS = ("open", "answered", "withdrawn", "refused")


async def test_a_list_that_is_not_published_is_not_there(
    service: Running, session: ClientSession
) -> None:
    async with session.get(f"{service.address}/chuyen-muc/2026-11.json") as answer:
        assert answer.status == 404
