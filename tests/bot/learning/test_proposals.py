"""Citizens' phrasings are counted, masked, looked at by a person, and only then taken up."""

import pytest
from sqlalchemy import Connection, select

from bot.catalogue.acts import NoSuchAlias
from bot.catalogue.repository import public_entries, version
from bot.learning import proposals
from bot.learning.choices import note_choice, note_label
from bot.learning.proposals import NotAPhrasing, Origin, Phrasing, propose, tidy, waiting
from bot.tables.desk import question
from bot.tables.knowledge import alias, alias_asker
from knowledge.decisions import MatterKind
from tests.bot.learning.samples import BIRTH, DEATH, furnish
from tests.bot.questions.samples import NOW, ask

WORDS = "làm giấy cho bé mới sanh"


@pytest.fixture
def desk(connection: Connection) -> Connection:
    furnish(connection)
    return connection


def say(desk: Connection, text: str = WORDS, asker: int = 1, entry: str = BIRTH) -> bool:
    return propose(desk, Phrasing(entry, text, Origin.CONFIRMED, asker), NOW)


def aliases_of(desk: Connection, entry_id: str) -> tuple[str, ...]:
    return next(e.aliases for e in public_entries(desk) if e.id == entry_id)


def only(desk: Connection) -> int:
    (row,) = waiting(desk)
    number: int = row.id
    return number


def test_the_same_words_of_several_askers_are_one_proposal_with_a_count(desk: Connection) -> None:
    for asker, text in ((1, WORDS), (1, WORDS), (2, "Làm giấy cho bé  mới sanh??")):
        say(desk, text, asker)
    (row,) = waiting(desk)
    assert (row.text, row.askers, row.entry_id) == (WORDS, 2, BIRTH)


def test_an_asker_whose_data_are_erased_leaves_no_phrasing(desk: Connection) -> None:
    say(desk, asker=1)
    say(desk, "bé mới sanh làm gì trước", asker=1)
    say(desk, asker=2)
    proposals.forget_asker(desk, 1)
    (row,) = waiting(desk)
    assert (row.text, row.askers) == (WORDS, 1)


def test_what_was_taken_up_stays_without_its_asker(desk: Connection) -> None:
    say(desk)
    proposals.accept(desk, only(desk), WORDS, "officer:1", NOW)
    proposals.forget_asker(desk, 1)
    assert WORDS in aliases_of(desk, BIRTH)
    assert desk.execute(select(alias_asker)).all() == []


def test_what_most_people_ask_stands_first(desk: Connection) -> None:
    say(desk, "bé mới sanh làm gì trước")
    for asker in (1, 2):
        say(desk, asker=asker)
    assert [row.text for row in waiting(desk)] == [WORDS, "bé mới sanh làm gì trước"]


@pytest.mark.parametrize(
    "secret",
    ["số 0912345678", "căn cước 092088001234", "email lan@vi.du", "biển số 65A-123.45"],
)
def test_personal_data_does_not_come_in(desk: Connection, secret: str) -> None:
    say(desk, f"làm khai sinh, {secret}")
    (row,) = waiting(desk)
    assert not any(map(str.isdigit, row.text))
    assert "@" not in row.text


@pytest.mark.parametrize("text", ["ạ", "x " * 30, "0912345678", "???"])
def test_what_teaches_nothing_is_not_proposed(desk: Connection, text: str) -> None:
    assert not say(desk, text)
    assert waiting(desk) == []


def test_what_an_entry_is_called_already_is_not_proposed(desk: Connection) -> None:
    assert not say(desk, "thủ tục Đăng ký khai sinh?")


def test_an_accepted_phrasing_is_public_and_every_node_is_told(desk: Connection) -> None:
    say(desk)
    before = version(desk)
    proposals.accept(desk, only(desk), WORDS, "officer:1", NOW)
    assert aliases_of(desk, BIRTH) == (WORDS,)
    assert version(desk) > before
    assert waiting(desk) == []


def test_a_reviewer_may_put_it_in_other_words(desk: Connection) -> None:
    say(desk)
    proposals.accept(desk, only(desk), "Bé mới sanh làm giấy gì?", "officer:1", NOW)
    assert aliases_of(desk, BIRTH) == ("bé mới sanh làm giấy gì",)
    assert waiting(desk) == []


def test_a_reviewer_cannot_bring_in_what_identifies_anybody(desk: Connection) -> None:
    say(desk)
    with pytest.raises(NotAPhrasing):
        proposals.accept(desk, only(desk), "x", "officer:1", NOW)


def test_what_was_turned_down_does_not_come_back(desk: Connection) -> None:
    say(desk)
    proposals.reject(desk, only(desk), "officer:1", NOW)
    say(desk, asker=2)
    assert waiting(desk) == []
    assert aliases_of(desk, BIRTH) == ()


def test_a_phrasing_is_decided_once(desk: Connection) -> None:
    say(desk)
    number = only(desk)
    proposals.reject(desk, number, "officer:1", NOW)
    with pytest.raises(NoSuchAlias):
        proposals.accept(desk, number, WORDS, "officer:2", NOW)


def test_a_slip_can_be_undone(desk: Connection) -> None:
    say(desk)
    proposals.accept(desk, only(desk), WORDS, "officer:1", NOW)
    (row,) = proposals.accepted(desk)
    proposals.withdraw(desk, row.id, "officer:1", NOW)
    assert aliases_of(desk, BIRTH) == ()


def test_a_choice_tells_afterwards_what_a_question_was_about(desk: Connection) -> None:
    opened = ask(desk, WORDS)
    note_choice(desk, opened.id, BIRTH, NOW)
    kept = desk.scalars(select(question.c.decision)).one()
    assert kept["chosen"] == BIRTH
    assert [row.origin for row in waiting(desk)] == ["answer"]


def test_an_officer_says_what_a_question_is_about_by_its_code(desk: Connection) -> None:
    opened = ask(desk, "ba tui mới mất cần giấy gì")
    assert note_label(desk, opened.id, "1.000656", NOW) == DEATH
    assert [(row.origin, row.entry_id) for row in waiting(desk)] == [("officer", DEATH)]


def test_words_of_a_complaint_teach_nothing(desk: Connection) -> None:
    opened = ask(desk, "khiếu nại quyết định số năm", kind=MatterKind.COMPLAINT)
    note_label(desk, opened.id, "1.000656", NOW)
    assert desk.execute(select(alias)).all() == []


def test_a_phrasing_is_kept_in_lower_case_on_one_line() -> None:
    assert tidy("Gọi 0912345678: làm lại  căn cước\nở đâu ạ?!") == "gọi: làm lại căn cước ở đâu ạ"


def test_a_text_of_any_length_is_tidied_by_one_look() -> None:
    """Were it read from each of its brackets anew, this would take minutes."""
    assert tidy("[" * 100_000) == "[" * 100_000
