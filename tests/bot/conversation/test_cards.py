"""A card fits a telephone: the asked thing first, few lines, the rest one tap away."""

from dataclasses import replace

from bot.conversation.cards import answer_card
from bot.conversation.choices import choices_card
from bot.messages import Outgoing
from knowledge.entries import Entry, Facet, Fact
from tests.bot.conversation.library import BIRTH, CHECKED
from tests.bot.conversation.worlds import a_world

PAPERS = "\n".join(f"giấy thứ {n}, " + "bản sao có chứng thực, " * n for n in range(1, 9))


def birth_with(papers: str) -> Entry:
    facts = {**BIRTH.facts, Facet.DOCUMENTS: Fact(papers, True, "Cổng", CHECKED)}
    return replace(BIRTH, facts=facts)


def papers_of(card: Outgoing) -> list[str]:
    return [line for line in card.text.splitlines() if line.startswith("– ")]


def test_a_long_list_of_papers_is_cut_to_five_short_lines() -> None:
    lines = papers_of(answer_card(a_world(), birth_with(PAPERS), Facet.DOCUMENTS))
    assert len(lines) == 5
    assert lines[-1] == "– và 4 mục nữa"
    assert all(len(line) <= 115 for line in lines)


def test_five_papers_are_all_told() -> None:
    five = "\n".join(f"giấy thứ {n}" for n in range(5))
    card = answer_card(a_world(), birth_with(five), Facet.DOCUMENTS)
    assert len(papers_of(card)) == 5
    assert "Xem đủ trên trang" not in {b.label for b in card.buttons}


def test_what_does_not_fit_is_one_tap_away() -> None:
    card = answer_card(a_world(), birth_with(PAPERS), Facet.DOCUMENTS)
    assert {b.label: b.url for b in card.buttons}["Xem đủ trên trang"] == "/thu-tuc/1.001193"


def test_nobody_is_sent_to_a_page_that_their_channel_cannot_open() -> None:
    card = answer_card(a_world(channel="zalo"), birth_with(PAPERS), Facet.DOCUMENTS)
    assert "Xem đủ trên trang" not in {b.label for b in card.buttons}


def test_a_follow_up_tells_what_was_asked_and_offers_the_rest_in_one_line() -> None:
    card = answer_card(a_world(), BIRTH, Facet.TIME, again=True)
    assert card.text.splitlines() == [
        "ĐĂNG KÝ KHAI SINH",
        "Thời gian: trong ngày",
        "Nguồn: Cổng Dịch vụ công quốc gia, kiểm tra ngày 01/11/2026.",
        "Ông/bà muốn biết thêm giấy tờ, nơi làm thì nhắn tiếp.",
    ]


def test_steps_that_nobody_vouches_for_leave_room_for_what_is_certain() -> None:
    card = answer_card(a_world(), BIRTH, Facet.STEPS)
    assert "Cách làm" not in card.text
    assert "Cần mang: giấy chứng sinh" in card.text


def test_choices_that_begin_alike_are_told_apart() -> None:
    start = "Thủ tục đăng ký khai tử có yếu tố nước ngoài"
    alike = [
        replace(BIRTH, id=f"procedure:{n}", title=start + more, short_label="")
        for n, more in enumerate(("", " tại khu vực biên giới", " đã đăng ký ở nước ngoài"))
    ]
    card = choices_card(a_world(), alike)
    assert card.text.splitlines()[2].endswith("tại khu vực biên giới")
    labels = [button.label for button in card.buttons]
    assert len(set(labels)) == 4
    assert all(len(label) <= 35 for label in labels)


def test_two_choices_of_the_same_name_are_one() -> None:
    twin = replace(BIRTH, id="procedure:9", code="9")
    card = choices_card(a_world(), [BIRTH, twin])
    assert [b.payload for b in card.buttons] == [f"#x:entry:{BIRTH.id}", "#x:none"]
