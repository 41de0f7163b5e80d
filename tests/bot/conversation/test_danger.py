"""Danger is recognised in plain words, with and without tone marks; everyday matters are not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.conversation.danger import danger_in, is_doubtful
from bot.conversation.understanding import understood
from knowledge import starter
from knowledge.decisions import DecisionKind
from knowledge.matcher import NO_CONTEXT, Matcher
from knowledge.text import fold
from tests.bot.conversation.chat import Chat

_ROWS = (Path(__file__).parent / "dangers.tsv").read_text(encoding="utf-8").splitlines()


def told() -> Iterator[tuple[str, str]]:
    for row in _ROWS:
        if not row.startswith("#"):
            topic, text = row.split("\t")
            yield topic, text
            yield topic, fold(text)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher.build(tuple(starter.load()), ())


def test_every_danger_is_named_and_no_everyday_matter_is_one(matcher: Matcher) -> None:
    wrong = []
    for topic, text in told():
        decision = understood(matcher, text, NO_CONTEXT)  # type: ignore[arg-type]
        found = decision.topic if decision.kind is DecisionKind.EMERGENCY else "-"
        if found != topic:
            wrong.append((topic, found, text))
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        pytest.param("con bị bạn đánh ở trường", "child", id="beaten at school"),
        pytest.param("con bi ban danh o truong", "child", id="beaten at school, toneless"),
        pytest.param("tối qua nước vô nhà", None, id="water in the house is a matter of feedback"),
        pytest.param("từ từ", None, id="slowly is no suicide"),
        pytest.param("xe chạy nhanh quá", None, id="running is no fire"),
    ],
)
def test_words_alone_tell_danger(text: str, topic: str | None) -> None:
    assert danger_in(text) == topic


def test_a_classifier_is_doubted_where_no_word_speaks_of_danger() -> None:
    assert is_doubtful("tui đang có mấy câu hỏi", 0.4)
    assert not is_doubtful("bị sét đánh nằm ngoài ruộng", 0.97)


def test_a_manner_of_speaking_is_never_believed() -> None:
    assert is_doubtful("chờ lâu muốn chết", 0.99)


async def test_a_child_harmed_may_go_to_officers_once_its_number_was_named(chat: Chat) -> None:
    (urgent,) = await chat.says("con bị bạn đánh ở trường")
    assert urgent.text.startswith("GỌI NGAY 111")
    assert [button.phone for button in urgent.buttons] == ["111", "113", ""]
    await chat.presses(urgent.buttons[-1].payload)
    assert chat.states() == ["queued"]


async def test_what_is_open_is_not_lost_by_an_alarm(chat: Chat) -> None:
    await chat.says("khai sinh")
    (urgent,) = await chat.says("con bị bạn đánh ở trường")
    assert [button.phone for button in urgent.buttons] == ["111", "113"]
    assert (await chat.asks("1")).codes == ("1.001193",)


async def test_feedback_after_an_alarm_is_kept(chat: Chat) -> None:
    await chat.says("con bị bạn đánh ở trường")
    await chat.says("đường trước nhà ngập hoài")
    assert chat.states() == ["queued"]
