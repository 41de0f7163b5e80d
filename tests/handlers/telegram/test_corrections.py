"""A citizen corrects a message: in its place while undecided, as a new line afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot.delivery.recording import Fenced, read_turn, record
from bot.delivery.turns import Wait
from bot.questions import desk
from bot.questions.desk import NewQuestion
from bot.store import Done, Store
from bot.tables.delivery import conversation, inbox, message
from handlers.telegram import TelegramParts
from knowledge.decisions import MatterKind
from tests.bot.delivery.samples import Parrot
from tests.fakes.telegram.server import FakeTelegram
from tests.handlers.telegram.samples import USER, compact


class Citizen:
    """Writes and corrects; the service keeps what comes and decides nothing by itself."""

    def __init__(self, telegram: FakeTelegram, parts: TelegramParts, store: Store) -> None:
        self.telegram, self.parts, self.store = telegram, parts, store

    async def says(self, text: str) -> int:
        said = self.telegram.say(USER, text)
        await self._told("message", said)
        number: int = said["message_id"]
        return number

    async def corrects(self, number: int, text: str, later: int = 30) -> None:
        self.telegram.clock.ahead += timedelta(seconds=later)
        await self._told("edited_message", self.telegram.edit(USER, number, text))

    async def lines(self) -> list[tuple[str, str]]:
        """Return the texts on record with the states of their events."""
        statement = (
            select(message.c.text, inbox.c.state)
            .join(inbox, inbox.c.id == message.c.inbox_id)
            .order_by(message.c.id)
        )
        return await self.store.read(lambda c: [tuple(row) for row in c.execute(statement)])

    async def decided(self) -> None:
        """Let everything that came be decided."""
        statement = update(inbox).where(inbox.c.state == "pending").values(state="decided")
        await self.store.write(lambda c: Done(c.execute(statement).rowcount))

    async def has_asked(self) -> None:
        """Let everything said so far be an open question."""

        def body(connection: Connection) -> Done[None]:
            place = connection.execute(select(conversation.c.id, conversation.c.channel)).one()
            now = self.telegram.clock.now()
            ids = connection.execute(select(message.c.id)).scalars().all()
            asked = NewQuestion(
                place.id, place.channel, MatterKind.FEEDBACK, "ct-so-xay-dung", None, "đường hư",
                message_ids=tuple(ids),
            )  # fmt: skip
            desk.open_question(connection, asked, now)
            return Done(None)

        await self.store.write(body)

    async def _told(self, kind: str, content: dict[str, Any]) -> None:
        update_ = {"update_id": 1, kind: content}
        await self.parts.reception.take([(update_, compact(update_))])


@pytest.fixture
def citizen(telegram: FakeTelegram, parts: TelegramParts, store: Store) -> Citizen:
    return Citizen(telegram, parts, store)


async def test_an_undecided_message_is_corrected_in_its_place(citizen: Citizen) -> None:
    number = await citizen.says("làm khai sing")
    await citizen.corrects(number, "làm khai sinh")
    assert await citizen.lines() == [("làm khai sinh", "pending")]


async def test_a_decision_on_the_old_words_is_void(citizen: Citizen, store: Store) -> None:
    number = await citizen.says("làm khai sing")
    mind = Parrot()
    reading = await store.read(lambda c: read_turn(mind, 1, c))
    assert reading is not None
    plan = await mind.decide(reading.turn, citizen.telegram.clock.now())
    assert not isinstance(plan, Wait)
    await citizen.corrects(number, "làm khai sinh")
    with pytest.raises(Fenced):
        await store.write(lambda c: record(reading, plan, citizen.telegram.clock.now(), c))


async def test_a_correction_that_comes_too_late_is_a_message_of_its_own(citizen: Citizen) -> None:
    number = await citizen.says("làm khai sing")
    await citizen.decided()
    await citizen.corrects(number, "làm khai sinh")
    assert await citizen.lines() == [("làm khai sing", "decided"), ("làm khai sinh", "pending")]
    assert await _refers(citizen) == []


async def test_a_late_correction_is_a_line_of_its_open_question(citizen: Citizen) -> None:
    number = await citizen.says("đường hư")
    await citizen.decided()
    await citizen.has_asked()
    await citizen.corrects(number, "đường hư trước số nhà tôi")
    assert await _refers(citizen) == [f"{USER}:{number}"]


async def test_the_same_words_again_are_no_correction(citizen: Citizen) -> None:
    number = await citizen.says("làm khai sinh")
    await citizen.corrects(number, "làm khai sinh")
    assert await citizen.lines() == [("làm khai sinh", "pending")]


async def test_a_correction_told_twice_counts_once(citizen: Citizen) -> None:
    number = await citizen.says("một")
    await citizen.decided()
    await citizen.corrects(number, "hai")
    await citizen.corrects(number, "hai", later=0)
    assert [text for text, _ in await citizen.lines()] == ["một", "hai"]


async def test_a_correction_of_what_we_never_saw_is_a_message(citizen: Citizen) -> None:
    said = citizen.telegram.say(USER, "trước khi kênh mở")
    await citizen.corrects(said["message_id"], "làm khai sinh")
    assert await citizen.lines() == [("làm khai sinh", "pending")]


async def _refers(citizen: Citizen) -> list[str]:
    newest = select(inbox.c.event).order_by(inbox.c.id.desc()).limit(1)
    event = await citizen.store.read(lambda c: c.execute(newest).scalar_one())
    found: list[str] = event["refers_to"]
    return found
