"""`python -m bot move`: everything arrives, or nothing does."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select, text, update

from bot.commands.root import main
from bot.delivery.inbox import accept
from bot.delivery.numbering import open_conversation
from bot.questions import desk
from bot.store import migrations
from bot.store.lock import DatabaseLock
from bot.store.moving import copy_all, extent, reading, writing
from bot.tables import metadata
from bot.tables.delivery import conversation, inbox
from bot.tables.desk import question, question_event
from tests.bot.delivery.samples import said
from tests.bot.questions.samples import NOW, ask, prepare
from tests.databases import transaction
from tests.postgres import Server


def fill(connection: Connection) -> None:
    """Citizens who ask, one whose question follows a later one, and a message in bytes."""
    prepare(connection)
    first, second = ask(connection), ask(connection, "Còn tôi thì sao?", conversation_id=2)
    merged = update(question).where(question.c.id == first.id)
    connection.execute(merged.values(merged_into_id=second.id))
    desk.add_to_question(connection, second.id, "thêm: “đậm”\n", NOW)
    accept(connection, said("chào"), b"\x00\xff", NOW)


@pytest.fixture
def source(database_file: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{database_file}"
    monkeypatch.setenv("DANHOI_DATABASE_URL", url)
    with transaction(url) as connection:
        fill(connection)
    return url


def move(to: str) -> object:
    with pytest.raises(SystemExit) as end:
        main(["move", "--to", to])
    return end.value.code


def rows(url: str) -> int:
    with transaction(url) as connection:
        counts = (select(func.count()).select_from(t) for t in metadata.sorted_tables)
        return sum(connection.execute(count).scalar_one() for count in counts)


def test_every_row_arrives_and_new_ones_follow(source: str, postgres_url: str) -> None:
    assert move(postgres_url) in (0, None)
    with transaction(source) as old, transaction(postgres_url) as new:
        for table in metadata.sorted_tables:
            assert extent(old, table) == extent(new, table)
        last = new.scalar(select(func.max(conversation.c.id)))
        assert open_conversation(new, "web", "new", NOW) == last + 1
        assert new.scalar(select(inbox.c.raw)) == b"\x00\xff"


def test_what_was_lost_on_the_way_is_noticed(postgres_url: str, source: str) -> None:
    move(postgres_url)
    with transaction(postgres_url) as new, transaction(source) as old:
        new.execute(update(question_event).values(actor="x"))
        assert extent(old, question_event) != extent(new, question_event)
        assert extent(old, question_event).rows == extent(new, question_event).rows


def test_a_database_with_data_is_left_alone(
    source: str, postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with transaction(postgres_url) as connection:
        open_conversation(connection, "web", "somebody", NOW)
    assert move(postgres_url) == 1
    assert "conversation" in capsys.readouterr().err
    assert rows(source) > rows(postgres_url) == 1


def test_a_database_with_an_older_schema_and_data_is_left_alone(
    source: str, postgres_url: str
) -> None:
    assert source
    with transaction(postgres_url) as connection:
        open_conversation(connection, "web", "somebody", NOW)
    migrations.downgrade(postgres_url, "0001")
    assert move(postgres_url) == 1
    assert migrations.current(postgres_url) == "0001"


@pytest.mark.usefixtures("source")
def test_a_database_of_something_else_is_left_alone(
    postgres_server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    name = postgres_server.create()
    with transaction(postgres_server.address(name)) as connection:
        connection.execute(text("CREATE TABLE customers (id integer)"))
    assert move(postgres_server.address(name)) == 1
    assert "(customers)" in capsys.readouterr().err
    assert migrations.current(postgres_server.address(name)) is None
    postgres_server.drop(name)


@pytest.mark.usefixtures("source")
def test_a_database_of_a_newer_version_is_left_alone(
    postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with transaction(postgres_url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert move(postgres_url) == 1
    assert "newer version" in capsys.readouterr().err


def test_what_was_broken_off_can_begin_again(source: str, postgres_url: str) -> None:
    def break_off(table: str, _rows: int) -> None:
        if table == "message":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), reading(source) as old, writing(postgres_url) as new:
        copy_all(old, new, break_off)
    assert rows(postgres_url) == 0
    assert move(postgres_url) in (0, None)


def test_a_row_that_cannot_arrive_leaves_the_target_empty(
    source: str, postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with transaction(source) as connection:
        bad = {"channel": "web", "address": "a\x00b", "created_at": NOW}
        connection.execute(insert(conversation).values(**bad))
    assert move(postgres_url) == 1
    assert "conversation: " in capsys.readouterr().err
    assert rows(postgres_url) == 0


def test_a_broken_history_stays_as_broken_as_it_was(source: str, postgres_url: str) -> None:
    with transaction(source) as connection:
        connection.execute(update(question_event).values(actor="officer:9"))
    assert move(postgres_url) in (0, None)


def test_it_waits_for_the_service_to_stop(
    source: str, postgres_url: str, database_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert source
    with DatabaseLock(database_file):
        assert move(postgres_url) == 1
    assert "stop it first" in capsys.readouterr().err


@pytest.mark.usefixtures("source")
def test_it_goes_one_way_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert move(f"sqlite:///{tmp_path}/other.db") == 1
    assert "to PostgreSQL" in capsys.readouterr().err
