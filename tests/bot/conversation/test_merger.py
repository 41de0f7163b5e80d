"""What became of a commune on 1 July 2025 is told at once, with its source."""

import pytest

from tests.bot.conversation.chat import Chat


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            "xã Đại Tâm giờ thuộc xã nào vậy",
            "Xã Đại Tâm (huyện Mỹ Xuyên, tỉnh Sóc Trăng) nay thuộc phường Mỹ Xuyên",
            id="former",
        ),
        pytest.param(
            "xa dai tam cu gio la xa gi",
            "nay thuộc phường Mỹ Xuyên",
            id="former, without marks",
        ),
        pytest.param(
            "xã Tham Đôn sáp nhập vô đâu rồi",
            "phần lớn nay thuộc phường Mỹ Xuyên, phần còn lại thuộc xã Nhu Gia",
            id="divided",
        ),
        pytest.param(
            "phường Mỹ Xuyên gồm những xã nào",
            "Phường Mỹ Xuyên hiện nay gồm: xã Tham Đôn, xã Đại Tâm",
            id="of today",
        ),
        pytest.param("xã Tân Lộc giờ thuộc xã nào", "giữ nguyên như trước", id="unchanged"),
        pytest.param("nhà tui giờ thuộc phường nào", "tên huyện cũ", id="no name"),
    ],
)
async def test_a_commune_before_and_after_the_merger(chat: Chat, text: str, told: str) -> None:
    (answer,) = await chat.says(text)
    assert told in answer.text
    assert chat.states() == []


async def test_the_answer_names_its_source(chat: Chat) -> None:
    (answer,) = await chat.says("xã Đại Tâm giờ thuộc xã nào")
    assert "đơn vị hành chính" in answer.sources[0].title


async def test_who_asks_for_his_commune_is_known_to_live_there(chat: Chat) -> None:
    await chat.says("xã Đại Tâm giờ thuộc xã nào")
    await chat.says("đường trước nhà ngập hoài")
    assert chat.questions()[-1].commune == "ct-xa-31684"
