"""After the window closed: whatever the citizen does first brings what waits, oldest first."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import pytest_asyncio

from bot.office.office import Deed
from bot.questions.life import Act, State
from tests.acceptance.month import MONDAY, TEXT, Citizen, Month, month

pytestmark = pytest.mark.asyncio(loop_scope="module")
with_module = partial(pytest_asyncio.fixture, loop_scope="module", scope="module")
LATE = MONDAY + timedelta(days=10)


@with_module()
async def service(
    module_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Month]:
    async with month(module_database, tmp_path_factory.mktemp("windows")) as running:
        yield running


def somebody(name: str) -> Citizen:
    user = str(8_700_000_000_000_000_000 + sum(name.encode()))
    return Citizen(user, None, is_silent=True, asks_at=MONDAY, answered_at=LATE)


async def closed(service: Month, citizen: Citizen, deed: Act = Act.SEND) -> None:
    """Let somebody ask, and the agency act when the window has closed."""
    service.clock.set(MONDAY)
    await service.say(citizen.user, TEXT)
    service.clock.set(LATE)
    if deed is Act.SEND:
        await service.answer(citizen)
        return
    row = await service.latest(citizen)
    officer = await service.officer(row.agency)
    for each in (Deed(Act.CLAIM), Deed(Act.ASK, text="Nhà ông/bà ở ấp nào?")):
        await service.office.perform(officer, row.code, each)
    await service.settled()


def got(service: Month, citizen: Citizen) -> list[str]:
    """Return the beginnings of what a citizen got, the receipt left out."""
    return [line["text"][:7] for line in service.zalo.chats.deliveries(citizen.user)][1:]


def event(service: Month, name: str, citizen: Citizen) -> dict[str, Any]:
    message = {"msg_id": f"m-{name}-{citizen.user}", "react_icon": "/-heart"}
    return service.zalo.webhooks.event(name, citizen.user, service.zalo.account.oa_id, message)


async def test_an_answer_too_late_is_held_and_not_even_tried(service: Month) -> None:
    citizen = somebody("held")
    asked = len(service.zalo.api.requests)
    await closed(service, citizen)
    assert got(service, citizen) == []
    assert len(service.zalo.api.requests) == asked + 1  # the receipt


async def test_a_word_brings_the_answer_before_its_own_reply(service: Month) -> None:
    citizen = somebody("word")
    await closed(service, citizen)
    await service.say(citizen.user, "chào anh chị")
    first, reply = got(service, citizen)
    assert first == "TRẢ LỜI" != reply


@pytest.mark.parametrize("name", ["user_send_sticker", "user_call_oa", "user_reacted_message"])
async def test_any_sign_of_life_brings_it(service: Month, name: str) -> None:
    citizen = somebody(name)
    await closed(service, citizen)
    service.zalo.chats.wrote_at[citizen.user] = service.clock()
    await service.zalo.webhooks.post(event(service, name, citizen))
    await service.settled()
    assert got(service, citizen)[0] == "TRẢ LỜI"


async def test_following_the_account_brings_it(service: Month) -> None:
    citizen = somebody("follow")
    await closed(service, citizen)
    service.zalo.follow(citizen.user)
    await service.settled()
    assert got(service, citizen)[0] == "TRẢ LỜI"


async def test_a_reaction_that_zalo_does_not_count_leaves_it_waiting(service: Month) -> None:
    citizen = somebody("reacted in vain")
    await closed(service, citizen)
    await service.zalo.webhooks.post(event(service, "user_reacted_message", citizen))
    await service.settled()
    assert got(service, citizen) == []
    await service.say(citizen.user, "chào anh chị")
    assert got(service, citizen)[0] == "TRẢ LỜI"


@pytest.mark.parametrize("name", ["user_received_message", "user_seen_message"])
async def test_a_receipt_brings_nothing(service: Month, name: str) -> None:
    citizen = somebody(name)
    await closed(service, citizen)
    receipt = service.zalo.webhooks.event(
        name, service.zalo.account.oa_id, citizen.user, {"msg_id": "x", "msg_ids": ["x"]}
    )
    await service.zalo.webhooks.post(receipt)
    await service.settled()
    assert got(service, citizen) == []


async def test_a_word_is_no_answer_to_a_question_that_had_not_arrived(service: Month) -> None:
    citizen = somebody("asked late")
    await closed(service, citizen, Act.ASK)
    await service.say(citizen.user, "chào anh chị")
    assert (await service.latest(citizen)).state == State.WAITING
    await service.say(citizen.user, "nhà tôi ở ấp Hoà Đê")
    assert (await service.latest(citizen)).state == State.CLAIMED
