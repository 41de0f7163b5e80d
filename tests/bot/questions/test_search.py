"""The desk finds questions by words without tone marks, on either database."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, text

from bot.questions import repository
from bot.questions.erasure import erase
from bot.questions.life import Bucket, State
from bot.questions.repository import Filters
from bot.questions.search import last_erased, merge_erased, searchable, settle_erased
from bot.tables.desk import question
from tests.bot.questions.samples import NOW, ask

pytestmark = pytest.mark.engines


@pytest.fixture
def desk(connection: Connection) -> Connection:
    ask(connection, "Đường trước nhà số 12/4 ngập, gọi 0912.345.678 giùm.")
    ask(connection, "Đăng ký khai sinh cho con ở đâu?")
    return connection


@pytest.fixture
def lasting(desk: Connection) -> Connection:
    """The desk where erased words outlast their erasure: FTS5 keeps them until it merges."""
    if desk.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's index holds no words that a row does not")
    return desk


def found(connection: Connection, typed: str) -> int:
    return repository.queue(connection, Filters(search=typed)).total


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        pytest.param("duong", 1, id="without marks"),
        pytest.param("Đường NGẬP", 1, id="two words, with marks"),
        pytest.param("dang ky sin", 1, id="the beginning of a word"),
        pytest.param("duong khai", 0, id="words of two questions"),
        pytest.param("12/4", 1, id="a house number"),
        pytest.param("0912.345", 1, id="a telephone number as written"),
        pytest.param("máy bay", 0, id="of nothing"),
        pytest.param("...", 2, id="nothing to search for"),
        pytest.param("'\" OR 1=1 -- * ( ) & | ! :", 0, id="operators are words or nothing"),
    ],
)
def test_words_are_found(desk: Connection, typed: str, number: int) -> None:
    assert found(desk, typed) == number


def test_what_is_erased_is_not_found_any_more(desk: Connection) -> None:
    number = desk.execute(select(question.c.id).order_by(question.c.id).limit(1)).scalar_one()
    erase(desk, number, "test", NOW)
    assert found(desk, "duong") == 0
    assert found(desk, "khai sinh") == 1


def test_no_word_of_what_was_erased_stays_in_the_index(lasting: Connection) -> None:
    for number in lasting.execute(select(question.c.id)).scalars().all():
        erase(lasting, number, "test", NOW)
    pages = -1
    while merge_erased(lasting, pages):
        pages = 1
    kept = b"".join(lasting.execute(text("SELECT block FROM question_search_data")).scalars())
    assert [word for word in (b"0912", b"duong", b"khai") if word in kept] == []


def test_what_is_erased_while_the_index_is_merged_is_for_the_next_time(lasting: Connection) -> None:
    first, second = lasting.execute(select(question.c.id)).scalars().all()
    erase(lasting, first, "test", NOW)
    noted = last_erased(lasting)
    erase(lasting, second, "test", NOW + timedelta(seconds=1))
    settle_erased(lasting, str(noted))
    assert last_erased(lasting) != noted
    settle_erased(lasting, str(last_erased(lasting)))
    assert last_erased(lasting) is None


def test_open_ones_come_first_then_the_newest_closed(desk: Connection) -> None:
    closed = [ask(desk, "Xong rồi.", start=State.AUTO_ANSWERED).code for _ in range(2)]
    rows = repository.queue(desk, Filters()).rows
    assert [row.bucket for row in rows[:2]] == ["open", "open"]
    assert [row.code for row in rows[2:]] == closed[::-1]


def test_pages_go_on_from_open_to_closed_without_gap_or_repeat(desk: Connection) -> None:
    codes = {ask(desk, "Xong rồi.", start=State.AUTO_ANSWERED).code for _ in range(60)}
    pages = [repository.queue(desk, Filters(), number).rows for number in (1, 2, 3)]
    seen = [row.code for page in pages for row in page]
    assert [len(page) for page in pages] == [50, 12, 0]
    assert len(set(seen)) == 62
    assert codes <= set(seen)


@pytest.mark.parametrize("bucket", [Bucket.OPEN, Bucket.ANSWERED])
def test_a_bucket_shows_its_own(desk: Connection, bucket: Bucket) -> None:
    ask(desk, "Xong rồi.", start=State.AUTO_ANSWERED)
    rows = repository.queue(desk, Filters(bucket=bucket)).rows
    assert {row.bucket for row in rows} == {str(bucket)}


def test_the_search_asks_an_index(desk: Connection) -> None:
    if desk.dialect.name != "sqlite":
        desk.execute(text("SET LOCAL enable_seqscan = off"))
    wanted = repository.questions().where(*repository.conditions(desk, Filters(search="duong")))
    explain = "EXPLAIN QUERY PLAN" if desk.dialect.name == "sqlite" else "EXPLAIN"
    told = str(wanted.compile(desk, compile_kwargs={"literal_binds": True}))
    plan = " ".join(str(row) for row in desk.execute(text(f"{explain} {told}".replace(":", r"\:"))))
    assert "question_search" in plan or "VIRTUAL TABLE INDEX" in plan


def test_words_are_kept_as_they_are_compared() -> None:
    assert searchable("  Đường  số 12/4, ẤP Mỹ_Xuyên!") == "duong so 12 4 ap my xuyen"
