"""Danger is never missed, and words of procedures call no fire brigade."""

from functools import cache

import pytest

from bot.directory.communes import places
from knowledge import starter
from knowledge.decisions import DecisionKind
from knowledge.matcher import Matcher


@cache
def matcher() -> Matcher:
    """Return a matcher over the starter."""
    return Matcher.build(starter.load(), places())


@pytest.mark.parametrize(
    "text",
    [
        "nhà hàng xóm cháy lớn quá",
        "nha hang xom chay lon qua",
        "con tui té sông",
        "bả uống thuốc rầy rồi",
        "có thằng cầm dao vô nhà",
        "ba tui méo miệng nói đớ rồi",
        "em không muốn sống nữa",
        "cha dượng đánh đập con bé mỗi ngày",
    ],
)
def test_danger_is_an_emergency(text: str) -> None:
    assert matcher().decide(text).kind is DecisionKind.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "thủ tục PCCC",
        "khai tử người chết đuối",
        "giấy phép phòng cháy",
        "nhà bị cháy hết giấy tờ giờ xin cấp lại căn cước ở đâu",
        "khúc kênh này con nít té hoài, xin làm lan can",
    ],
)
def test_words_of_procedures_and_wishes_are_none(text: str) -> None:
    assert matcher().decide(text).kind is not DecisionKind.EMERGENCY
