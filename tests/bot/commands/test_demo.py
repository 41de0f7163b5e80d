"""`python -m bot demo`: two months in an empty database, and nothing in any other."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from bot.clock.starter import calendar
from bot.commands.demo import fill
from bot.commands.environment import read_settings
from bot.commands.root import main
from bot.demo.stories import Story, load_stories
from bot.moments import utc_now
from bot.office import lessons
from bot.officers import Role, accounts
from bot.officers.accounts import NewOfficer
from bot.reach.notices import untold_since
from bot.segments import editing, repository
from bot.segments.months import Schedule
from bot.tables.delivery import inbox, outbox
from bot.tables.desk import question
from tests.bot.questions.samples import NOW, ask, prepare
from tests.databases import transaction

SCHEDULE = Schedule(calendar(), {})


@pytest.fixture(autouse=True)
def installation(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANHOI_DATABASE_URL", database_url)
    monkeypatch.setenv("DANHOI_VAR_DIR", str(tmp_path))


def some_stories() -> list[Story]:
    """Return a few of each course and month, with those that others ask the same as."""
    stories, taken = load_stories(), Counter[tuple[str, str]]()
    followed = {story.same_as for story in stories}
    few = []
    for story in stories:
        taken[story.month, story.course] += 1
        if story.id in followed or story.id == "ngung-tin" or taken[story.month, story.course] <= 4:
            few.append(story)
    return few


def refused(capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as end:
        main(["demo"])
    assert end.value.code == 1
    return capsys.readouterr().err


def months_shown(connection: Connection) -> None:
    month = SCHEDULE.month_open_at(utc_now())
    last = repository.listing(connection, month.previous, SCHEDULE)
    assert last.published
    assert len(last.items) >= 4
    assert any(item.askers > 1 for item in last.items)
    states = {review.row.state for review in editing.reviews(connection, month)}
    assert states == {"approved", "proposed", "dropped"}


def nothing_left_over(connection: Connection) -> None:
    for table, done in ((inbox, {"decided"}), (outbox, {"sent"})):
        assert set(connection.execute(select(table.c.state)).scalars()) == done
    states = set(connection.execute(select(question.c.state)).scalars())
    assert {"rated", "waiting", "drafted", "refused", "reopened"} <= states
    latest = connection.execute(select(func.max(question.c.received_at))).scalar_one()
    assert latest <= utc_now()


def something_for_every_desk(connection: Connection) -> None:
    assert len(lessons.proposals(connection)) >= 1
    assert untold_since(connection, NOW - timedelta(days=365))


def test_it_fills_an_empty_database_once(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(fill(read_settings(), some_stories()))
    with transaction(database_url) as connection:
        months_shown(connection)
        nothing_left_over(connection)
        something_for_every_desk(connection)
    assert "already has" in refused(capsys)


def with_a_question(connection: Connection) -> None:
    prepare(connection)
    ask(connection)


def with_an_officer(connection: Connection) -> None:
    accounts.add(connection, NewOfficer("that", Role.ADMIN), "no password", "test", NOW)


@pytest.mark.parametrize(
    ("furnish", "why"),
    [
        pytest.param(with_a_question, "already has 1 question", id="a question"),
        pytest.param(with_an_officer, "real officers", id="a real officer"),
    ],
)
def test_it_keeps_away_from_what_is_real(
    database_url: str,
    capsys: pytest.CaptureFixture[str],
    furnish: Callable[[Connection], None],
    why: str,
) -> None:
    with transaction(database_url) as connection:
        furnish(connection)
    assert why in refused(capsys)
