"""What citizens read when officers act: polite, and the right door is always named."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.messages import Outgoing, Purpose
from bot.office.letters import DeskLetters
from bot.questions.notices import Answer, Asker, Refusal, Signed
from bot.wording import Wording
from tests.bot.conversation.manners import BANNED

LETTERS = DeskLetters(Wording.load())
ASKER = Asker(question_id=5, conversation_id=1, code="4K7M2P9")
SATURDAY = date(2026, 11, 28)
EIGHT = datetime(2026, 11, 28, 20, tzinfo=UTC)
SIGNED = Signed("bà Hoa", date(2026, 11, 6), approved=True)


def everything() -> list[Outgoing]:
    return [
        LETTERS.ask(ASKER, "Sở Y tế", "Ông/bà ở xã nào?"),
        LETTERS.transferred(ASKER, "Sở Nội vụ"),
        *(LETTERS.refused(ASKER, reason, "") for reason in Refusal),
        LETTERS.on_air(ASKER, SATURDAY, EIGHT),
        LETTERS.aired(ASKER, SATURDAY, "https://danhoi.example.gov.vn/chuyen-muc/2026-11", EIGHT),
        LETTERS.rating(ASKER, EIGHT),
    ]


@pytest.mark.parametrize("letter", everything(), ids=lambda letter: letter.text[:60])
def test_every_letter_is_polite_and_names_its_question(letter: Outgoing) -> None:
    assert letter.text.startswith("Dạ, ")
    assert "4K7 M2P 9" in letter.text
    assert BANNED.search(letter.text) is None
    assert letter.question_id == 5


def test_what_an_officer_writes_waits_for_a_person_when_in_doubt() -> None:
    assert LETTERS.ask(ASKER, "Sở Y tế", "?").purpose is Purpose.OFFICER
    assert LETTERS.refused(ASKER, Refusal.OTHER, "Việc của tòa án.").purpose is Purpose.OFFICER
    assert LETTERS.transferred(ASKER, "Sở Nội vụ").purpose is Purpose.NOTICE


def test_the_officers_own_words_follow_the_door() -> None:
    told = LETTERS.refused(ASKER, Refusal.OTHER, "Ông/bà hỏi Tòa án nhân dân khu vực.").text
    assert told.endswith("Ông/bà hỏi Tòa án nhân dân khu vực.")


@pytest.mark.parametrize(
    ("approved", "told"),
    [
        pytest.param(True, "Người duyệt: bà Hoa, ngày 06/11/2026.", id="by two persons"),
        pytest.param(False, "Người trả lời: bà Hoa, ngày 06/11/2026.", id="by one"),
    ],
)
def test_only_whoever_approved_is_called_approver(approved: bool, told: str) -> None:
    signed = Signed("bà Hoa", date(2026, 11, 6), approved)
    assert told in LETTERS.answer(ASKER, Answer("Được ạ."), signed).text.splitlines()


def test_an_answer_says_by_its_first_words_which_question_it_answers() -> None:
    asker = replace(ASKER, about="đường vô ấp Hoà Đê ngập hoài mấy tháng nay hông ai sửa")
    title = LETTERS.answer(asker, Answer("Được ạ."), SIGNED).text.splitlines()[0]
    assert title == "TRẢ LỜI câu hỏi 4K7 M2P 9 (“đường vô ấp Hoà Đê ngập hoài mấy tháng…”)."


def test_where_the_words_must_not_be_repeated_the_code_is_enough() -> None:
    title = LETTERS.answer(ASKER, Answer("Được ạ."), SIGNED).text.splitlines()[0]
    assert title == "TRẢ LỜI câu hỏi 4K7 M2P 9."


@pytest.mark.parametrize("letter", [LETTERS.on_air(ASKER, SATURDAY, EIGHT)])
def test_what_would_be_wrong_tomorrow_is_not_said_tomorrow(letter: Outgoing) -> None:
    assert (letter.until, letter.purpose) == (EIGHT, Purpose.NOTICE)
