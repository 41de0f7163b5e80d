"""Each class of data is forgotten when its time is over, and not a day before."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, insert, select, update

from bot.clock.starter import OFFICE_ZONE
from bot.questions import history
from bot.questions.desk import Opened
from bot.questions.life import State
from bot.retention import CLASSES
from bot.retention.rounds import due, forget_all
from bot.store import Done, Store
from bot.tables.delivery import attachment, conversation, message, quarantine
from bot.tables.desk import content, login_attempt, question
from tests.bot.questions.samples import NOW, ask, prepare

YEAR = timedelta(days=366)
FIVE_YEARS = timedelta(days=1827)


async def write(store: Store, body: object) -> None:
    await store.write(lambda c: Done(body(c)))  # type: ignore[operator]


@pytest.fixture
async def asked(store: Store) -> Opened:
    """A closed question of today, with a file and a greeting beside it."""

    def furnish(connection: Connection) -> Done[Opened]:
        prepare(connection)
        opened = ask(connection, "Tôi tên An, hỏi chuyện đất.", start=State.AUTO_ANSWERED)
        connection.execute(update(question).values(closed_at=NOW, bucket="answered"))
        line = {"conversation_id": 1, "role": "citizen", "body": {}, "at": NOW}
        connection.execute(insert(message).values(seq=900, text="dạ chào", **line))
        file = {"conversation_id": 1, "media_type": "image/png", "size": 1, "digest": "0" * 64}
        for file_id, question_id in (("loose", None), ("of it", opened.id)):
            row = {"id": file_id, "question_id": question_id, "received_at": NOW}
            connection.execute(insert(attachment).values(state="kept", **file, **row))
        return Done(opened)

    return await store.write(furnish)


async def words(store: Store) -> list[str]:
    """Return every word that is still kept of citizens."""

    def look(connection: Connection) -> list[str]:
        said = connection.execute(select(message.c.text).where(message.c.text != "")).scalars()
        kept = connection.execute(select(content.c.text).where(content.c.text.is_not(None)))
        return [*said, *kept.scalars()]

    return await store.read(look)


async def states(store: Store) -> set[str]:
    return await store.read(lambda c: set(c.execute(select(attachment.c.state)).scalars()))


@pytest.mark.engines
async def test_a_day_before_its_time_nothing_is_forgotten(store: Store, asked: Opened) -> None:  # noqa: ARG001
    await forget_all(store, NOW + timedelta(days=364))
    assert "dạ chào" in await words(store)
    assert await states(store) == {"kept"}


@pytest.mark.engines
async def test_after_a_year_the_chat_and_the_files_are_gone(store: Store, asked: Opened) -> None:  # noqa: ARG001
    gone = await forget_all(store, NOW + YEAR)
    assert gone["chats"] == 1
    assert gone["files"] == 2
    assert "dạ chào" not in await words(store)
    assert await states(store) == {"erased"}


@pytest.mark.engines
async def test_the_wish_to_get_no_notices_outlives_the_chat(store: Store, asked: Opened) -> None:  # noqa: ARG001
    remembered = update(conversation).values(state={"stopped": True, "asked": "chuyện đất"})
    await write(store, lambda c: c.execute(remembered))
    await forget_all(store, NOW + YEAR)
    state = await store.read(
        lambda c: c.execute(select(conversation.c.state).where(conversation.c.id == 1)).scalar()
    )
    assert state == {"stopped": True}


async def test_the_words_of_a_question_stay_for_five_years(store: Store, asked: Opened) -> None:  # noqa: ARG001
    await forget_all(store, NOW + YEAR)
    assert "Tôi tên An, hỏi chuyện đất." in await words(store)
    await forget_all(store, NOW + FIVE_YEARS)
    assert await words(store) == []


async def test_a_forgotten_question_still_counts_and_its_history_verifies(
    store: Store, asked: Opened
) -> None:
    await forget_all(store, NOW + FIVE_YEARS)
    assert await store.read(lambda c: history.verify(c, OFFICE_ZONE)) == []
    counted = select(func.count()).where(question.c.id == asked.id, question.c.bucket == "answered")
    assert await store.read(lambda c: c.execute(counted).scalar()) == 1


async def test_an_open_question_keeps_everything(store: Store, asked: Opened) -> None:  # noqa: ARG001
    await write(store, lambda c: c.execute(update(question).values(bucket="open", closed_at=None)))
    gone = await forget_all(store, NOW + FIVE_YEARS)
    assert (gone["questions"], gone["chats"]) == (0, 0)


async def test_somebody_who_wrote_yesterday_is_not_silent(store: Store, asked: Opened) -> None:  # noqa: ARG001
    later = NOW + YEAR
    heard = update(conversation).values(last_inbound_at=later - timedelta(days=1))
    await write(store, lambda c: c.execute(heard))
    assert (await forget_all(store, later))["chats"] == 0


async def test_more_rows_than_one_batch_are_forgotten_in_one_round(store: Store) -> None:
    row = {"channel": "zalo", "headers": {}, "raw": b"", "reason": "mac", "received_at": NOW}
    await write(store, lambda c: c.execute(insert(quarantine), [row] * 1203))
    assert (await forget_all(store, NOW + timedelta(days=3)))["quarantine"] == 1203


async def test_the_dry_run_says_the_same_and_changes_nothing(store: Store, asked: Opened) -> None:  # noqa: ARG001
    attempt = {"username": "an", "address": "::1", "succeeded": False, "at": NOW}
    await write(store, lambda c: c.execute(insert(login_attempt).values(attempt)))
    later = NOW + FIVE_YEARS
    told = await store.read(lambda c: due(c, later))
    assert {name: rows for name, (_, rows) in told.items()} == await forget_all(store, later)


def test_every_class_has_a_name_of_its_own_and_bounds_around_its_default() -> None:
    assert len({kept.name for kept in CLASSES}) == len(CLASSES)
    assert all(k.rule.least <= k.rule.default <= k.rule.most for k in CLASSES)
