"""The month's article: from what was published, in the provider's lengths, by day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.broadcast import Article
from bot.broadcast.composing import LONGEST, compose, problems, still_stands
from bot.broadcast.hours import next_allowed
from bot.segments.listing import Item, Listing
from bot.wording import Wording

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
WORDING = Wording.load()
COVER = "https://danhoi.example.vn/bia.jpg"


def item(order: int, question: str = "Đổi thẻ bảo hiểm ở đâu?") -> Item:
    basis, signer = "Luật Bảo hiểm y tế", "Bà Mẫu"
    on = date(2026, 11, 12)
    return Item(order, order, question, "Nộp tại BHXH.", "Sở Y tế", 3, 60, basis, signer, on)


def month(*items: Item, status: str = "published", theme: str = "Y tế") -> Listing:
    return Listing("2026-11", date(2026, 11, 28), theme, status, items)


def article(listing: Listing, author: str = "UBND thành phố", cover: str = COVER) -> Article:
    base = "https://danhoi.example.vn"
    return compose(listing, WORDING, author=author, cover_url=cover, base=base)


def test_an_article_tells_question_agency_answer_and_basis() -> None:
    made = article(month(item(1), item(2)))
    assert made.title == "Dân hỏi – Chính quyền trả lời tháng 11/2026"
    assert "Câu 2. Đổi thẻ bảo hiểm ở đâu?" in made.body[2]
    assert "Sở Y tế trả lời: Nộp tại BHXH." in made.body[2]
    assert made.link == "https://danhoi.example.vn/chuyen-muc/2026-11"
    assert (len(made.body), made.items) == (4, (1, 2))


def test_it_survives_being_stored() -> None:
    made = article(month(item(1)))
    assert Article.from_json(made.as_json()) == made


def test_what_is_too_long_for_the_provider_is_cut_at_a_word() -> None:
    made = article(month(item(1), theme="dài " * 200), author="Ủy ban " * 20)
    assert len(made.description) <= LONGEST["description"]
    assert len(made.author) <= LONGEST["author"]
    assert made.author.endswith("…")


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        pytest.param(article(month()), "broadcast.problem.empty", id="no question"),
        pytest.param(
            article(month(item(1)), cover="http://a/b.jpg"), "broadcast.problem.cover", id="cover"
        ),
        pytest.param(article(month(item(1)), author=" "), "broadcast.problem.author", id="author"),
    ],
)
def test_an_article_that_cannot_be_sent_says_why(made: Article, problem: str) -> None:
    assert problems(made) == [problem]


@pytest.mark.parametrize(
    ("today", "stands"),
    [
        pytest.param(month(item(1), item(2)), True, id="as approved"),
        pytest.param(month(item(1)), False, id="a consent was taken back"),
        pytest.param(month(item(1), item(2, "Sửa lại?")), False, id="corrected"),
        pytest.param(month(item(1), item(2), status="locked"), False, id="no longer public"),
    ],
)
def test_what_was_approved_is_sent_only_while_the_list_still_says_it(
    today: Listing, stands: bool
) -> None:
    assert still_stands(article(month(item(1), item(2))), today, WORDING) is stands


def test_an_article_whose_words_were_erased_does_not_stand() -> None:
    assert not still_stands(article(month()), month(item(1)), WORDING)


@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        pytest.param("2026-11-28 06:59", "2026-11-28 07:00", id="before seven"),
        pytest.param("2026-11-28 07:00", "2026-11-28 07:00", id="at seven"),
        pytest.param("2026-11-28 20:59", "2026-11-28 20:59", id="before nine"),
        pytest.param("2026-11-28 21:00", "2026-11-29 07:00", id="at night"),
        pytest.param("2026-12-31 23:30", "2027-01-01 07:00", id="over new year"),
    ],
)
def test_nobody_is_woken(now: str, allowed: str) -> None:
    def at(written: str) -> datetime:
        return datetime.fromisoformat(written).replace(tzinfo=HANOI)

    assert next_allowed(at(now), HANOI) == at(allowed)
