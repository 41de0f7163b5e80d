"""Near-identical procedures are asked apart in plain words; a few words are answer enough."""

from dataclasses import replace

import pytest

from bot.clock.starter import calendar
from bot.conversation.choices import choices_card
from bot.conversation.world import World
from knowledge.entries import Entry
from tests.bot.conversation.chat import FRIDAY, WORDING, Chat
from tests.bot.conversation.library import BIRTH, BIRTH_ABROAD, BIRTH_AGAIN, SmallLibrary

LAND = replace(BIRTH, id="procedure:1.012784", code="1.012784", short_label="Tách thửa")


def _card(*entries: Entry) -> list[str]:
    world = World(SmallLibrary(), WORDING, calendar(), FRIDAY, str)
    return choices_card(world, entries).text.splitlines()


def test_two_of_a_kind_become_one_question() -> None:
    assert _card(BIRTH, BIRTH_ABROAD) == [
        "Dạ, cha mẹ của bé đều là người Việt Nam hay có người nước ngoài ạ?",
        "1. Cha mẹ đều là người Việt Nam",
        "2. Có người nước ngoài",
        "3. Không đúng, gửi cán bộ",
        "Ông/bà bấm nút hoặc nhắn số.",
    ]


def test_the_buttons_say_the_same() -> None:
    world = World(SmallLibrary(), WORDING, calendar(), FRIDAY, str)
    first, second, _ = choices_card(world, (BIRTH_ABROAD, BIRTH)).buttons
    assert (first.label, first.payload) == ("Có người nước ngoài", f"#x:entry:{BIRTH_ABROAD.id}")
    assert second.payload == f"#x:entry:{BIRTH.id}"


def test_what_is_long_to_ask_is_asked_by_its_matter() -> None:
    head = "Dạ, về khai sinh, ông/bà cần việc nào sau đây ạ?"
    assert _card(BIRTH, BIRTH_ABROAD, BIRTH_AGAIN)[0] == head


def test_matters_of_different_kinds_keep_their_names() -> None:
    assert _card(BIRTH, LAND)[:3] == [
        "Dạ, ông/bà hỏi việc nào sau đây?",
        "1. Đăng ký khai sinh",
        "2. Tách thửa",
    ]


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("cha mẹ nước ngoài", "KHAI SINH, BÉ SINH Ở NƯỚC NGOÀI"),
        ("nuoc ngoai", "KHAI SINH, BÉ SINH Ở NƯỚC NGOÀI"),
        ("dạ làm lại ạ", "ĐĂNG KÝ LẠI KHAI SINH"),
        ("sinh trong nước", "ĐĂNG KÝ KHAI SINH"),
    ],
)
async def test_a_few_words_are_answer_enough(chat: Chat, typed: str, title: str) -> None:
    await chat.says("khai sinh")
    assert (await chat.asks(typed)).text.startswith(title)
    assert chat.states() == ["auto_answered"]


async def test_words_of_several_answers_choose_none(chat: Chat) -> None:
    await chat.says("khai sinh")
    reply = await chat.asks("khai sinh")
    assert reply.decision == "choices"


def test_who_named_both_is_not_asked_which() -> None:
    world = World(SmallLibrary(), WORDING, calendar(), FRIDAY, str)
    card = choices_card(world, (BIRTH, BIRTH_ABROAD), several=True)
    assert card.text.startswith("Dạ, ông/bà hỏi việc nào sau đây?")
