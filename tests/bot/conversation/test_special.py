"""What comes without words, in pieces, in floods, or in need: never silence, never a guess."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock.starter import calendar
from bot.conversation.dialogue import Decided, converse
from bot.conversation.state import Awaiting, Memory, Offer
from bot.conversation.world import Manner, World
from bot.delivery.turns import Pending, Stale
from bot.messages import IDENTITY_PAPER, Attachment, AttachmentKind, Incoming, IncomingKind
from tests.bot.conversation.chat import FRIDAY, WORDING, Chat
from tests.bot.conversation.conftest import NewChat
from tests.bot.conversation.library import BIRTH, SmallLibrary

NONE: list[str] = []
OFFERS = (Offer("Rõ rồi", "#x:helped"), Offer("Chưa đúng ý tôi", "#x:nothelped"))
STATES = [
    Memory(greeted=True, awaiting=awaiting, offers=offers, asked="khai sinh", entry=BIRTH.id)
    for awaiting in Awaiting
    for offers in ((), OFFERS)
]
PATIENCE = timedelta(seconds=1.5)


@pytest.mark.parametrize(
    ("kind", "reply", "questions"),
    [
        pytest.param(IncomingKind.STICKER, "xin nhắn bằng chữ", NONE, id="sticker"),
        pytest.param(IncomingKind.REACTION, "cảm ơn ông/bà", NONE, id="reaction"),
        pytest.param(IncomingKind.CALL, "không nghe gọi được", NONE, id="missed call"),
        pytest.param(IncomingKind.OPENED, "kính chào ông/bà", NONE, id="came back"),
    ],
)
async def test_an_event_without_words(
    chat: Chat, kind: IncomingKind, reply: str, questions: list[str]
) -> None:
    (message,) = await chat.does(kind)
    assert reply in message.text
    assert chat.states() == questions


@pytest.mark.parametrize(
    ("text", "reply", "questions"),
    [
        pytest.param("ok", "cần hỏi thêm gì cứ nhắn", NONE, id="ok"),
        pytest.param(".", "cứ nhắn", NONE, id="dot"),
        pytest.param("cảm ơn", "không có chi", NONE, id="thanks"),
        pytest.param("đồ vô dụng", "đang bực", NONE, id="abuse"),
        pytest.param("ជំរាបសួរ សំបុត្រកំណើត", "chữ Khmer", ["queued"], id="Khmer script"),
        pytest.param(
            "em gửi ảnh căn cước nè", "xin ông/bà đừng gửi ảnh", NONE, id="announced card"
        ),
        pytest.param("có người gọi kêu cập nhật VNeID", "Đừng cài ứng dụng", NONE, id="scam"),
        pytest.param(
            "có số lạ gọi kêu chuyển khoản", "Đừng cài ứng dụng", NONE, id="scam as crime"
        ),
        pytest.param("kênh này thật không", "không hỏi mã OTP", NONE, id="genuine"),
        pytest.param("số công an", "Công an: 113", NONE, id="a number"),
        pytest.param("số bảo hiểm xã hội", "cán bộ sẽ tìm", ["auto_answered"], id="unknown number"),
        pytest.param("đường dây nóng", "Công an: 113", NONE, id="hotlines"),
        pytest.param("/start", "ông/bà cần làm giấy tờ gì", NONE, id="start"),
    ],
)
async def test_a_short_or_special_text(
    chat: Chat, text: str, reply: str, questions: list[str]
) -> None:
    (message,) = await chat.says(text) or await chat.goes_on(PATIENCE)
    assert reply in message.text
    assert chat.states() == questions


@pytest.mark.parametrize(
    ("kind", "count", "caption", "reply", "questions"),
    [
        pytest.param(AttachmentKind.AUDIO, 1, "", "đã nhận tin thoại", ["queued"], id="voice"),
        pytest.param(AttachmentKind.IMAGE, 1, "", "đã nhận hình", NONE, id="photo"),
        pytest.param(AttachmentKind.IMAGE, 10, "", "các hình này", NONE, id="ten photos"),
        pytest.param(AttachmentKind.FILE, 1, "", "muốn hỏi gì", NONE, id="file"),
        pytest.param(AttachmentKind.VIDEO, 1, "", "muốn hỏi gì", NONE, id="video"),
        pytest.param(AttachmentKind.LOCATION, 1, "", "đã nhận vị trí", NONE, id="location"),
        pytest.param(AttachmentKind.LINK, 1, "", "không mở đường dẫn", NONE, id="forwarded link"),
        pytest.param(AttachmentKind.CONTACT, 1, "", "không lưu số điện thoại", NONE, id="contact"),
        pytest.param(
            AttachmentKind.IMAGE, 1, "ảnh căn cước", "kênh không giữ", NONE, id="identity card"
        ),
        pytest.param(
            AttachmentKind.IMAGE,
            1,
            "khi nào sửa cầu Cái Sắn",
            "Sở Xây dựng",
            ["queued"],
            id="caption",
        ),
    ],
)
async def test_an_attachment(
    chat: Chat, kind: AttachmentKind, count: int, caption: str, reply: str, questions: list[str]
) -> None:
    (message,) = await chat.shows(kind, count, caption)
    assert reply in message.text
    assert chat.states() == questions


@pytest.mark.parametrize("kind", [AttachmentKind.AUDIO, AttachmentKind.IMAGE])
async def test_what_follows_an_open_question_is_attached_to_it(
    chat: Chat, kind: AttachmentKind
) -> None:
    await chat.says("khi nào sửa cầu Cái Sắn")
    (noted,) = await chat.shows(kind)
    assert "đã ghi thêm vào câu hỏi" in noted.text
    assert len(chat.questions()) == 1


async def test_of_several_open_questions_a_picture_asks_for_its_own(chat: Chat) -> None:
    await chat.says("khi nào sửa cầu Cái Sắn")
    await chat.says("đèn đường hư ai sửa")
    (which,) = await chat.shows(AttachmentKind.IMAGE)
    assert "bổ sung cho câu nào" in which.text
    (noted,) = await chat.says("2")
    assert "đã ghi thêm" in noted.text


async def test_a_picture_seen_to_be_an_identity_card_is_told_to_be_gone(chat: Chat) -> None:
    seen = (Attachment(AttachmentKind.IMAGE, IDENTITY_PAPER),)
    event = replace(chat.event(IncomingKind.ATTACHMENT), attachments=seen)
    (told,) = await chat.sends(event)
    assert "không giữ và cán bộ không xem" in told.text
    assert chat.last_line().role == "assistant"


async def test_an_announced_identity_card_is_not_kept(chat: Chat) -> None:
    await chat.says("em gửi ảnh căn cước nè")
    (reply,) = await chat.shows(AttachmentKind.IMAGE)
    assert "kênh không giữ" in reply.text
    bodies = chat.connection.exec_driver_sql("select body from message where role='citizen'")
    assert not any("photo.zdn.vn" in body for (body,) in bodies)


async def test_a_picture_after_another_question_is_kept(chat: Chat) -> None:
    await chat.says("em gửi ảnh căn cước nè")
    await chat.says("khi nào sửa cầu Cái Sắn")
    (noted,) = await chat.shows(AttachmentKind.IMAGE)
    assert "đã ghi thêm" in noted.text


async def test_a_second_reaction_needs_no_word(chat: Chat) -> None:
    await chat.does(IncomingKind.REACTION)
    assert await chat.does(IncomingKind.REACTION) == []


@pytest.mark.parametrize(
    "kind", [IncomingKind.SEEN, IncomingKind.DELIVERED, IncomingKind.ECHO, IncomingKind.LEFT]
)
async def test_a_receipt_of_the_provider_is_no_message(chat: Chat, kind: IncomingKind) -> None:
    assert await chat.does(kind) == []


async def test_the_first_contact_is_welcomed_with_four_buttons(new_chat: NewChat) -> None:
    chat = new_chat(state={})
    (welcome,) = await chat.does(IncomingKind.OPENED)
    assert "Dân hỏi – Chính quyền trả lời" in welcome.text
    assert [b.label for b in welcome.buttons] == [
        "Hỏi thủ tục",
        "Đường dây nóng",
        "Câu hỏi của tôi",
        "Gặp cán bộ",
    ]


async def test_a_first_question_is_welcomed_and_answered_in_one_turn(new_chat: NewChat) -> None:
    chat = new_chat(state={})
    (card,) = await chat.says("làm khai sinh cần gì")
    assert card.text.startswith("Dạ, kính chào ông/bà.")
    assert "\n\nĐĂNG KÝ KHAI SINH\n" in card.text
    assert card.decision == "answer"
    assert len(await chat.says("cảm ơn")) == 1


async def test_a_first_question_for_people_is_welcomed_in_its_receipt(new_chat: NewChat) -> None:
    (receipt,) = await new_chat(state={}).says("khi nào sửa cầu Cái Sắn")
    assert receipt.text.startswith("Dạ, kính chào ông/bà.")
    assert "\n\nDạ, câu hỏi đã chuyển Sở Xây dựng" in receipt.text


async def test_a_first_greeting_is_welcomed_once(new_chat: NewChat) -> None:
    chat = new_chat(state={})
    assert await chat.says("xin chào") == []
    (welcome,) = await chat.goes_on(PATIENCE)
    assert "xin đừng gửi ảnh Căn cước" in welcome.text


@pytest.mark.parametrize("state", [{}, {"greeted": True}])
async def test_in_an_emergency_the_number_comes_first(
    new_chat: NewChat, state: dict[str, bool]
) -> None:
    chat = new_chat(state=state)
    (reply,) = await chat.says("cháy nhà rồi")
    assert reply.text.startswith("GỌI NGAY 114")
    assert reply.buttons[0].phone == "114"
    assert reply.decision == "emergency"


async def test_an_emergency_is_answered_while_choices_are_open_and_loses_nothing(
    chat: Chat,
) -> None:
    await chat.says("khai sinh")
    assert (await chat.asks("cháy nhà rồi")).text.startswith("GỌI NGAY 114")
    assert (await chat.asks("4")).question_id == chat.questions()[0].id


async def test_a_fragment_waits_for_the_rest_of_the_thought(chat: Chat) -> None:
    assert await chat.says("cho em hỏi") == []
    assert chat.waited is not None
    assert chat.waited.until == chat.now + PATIENCE
    chat.now += timedelta(seconds=1)
    (card,) = await chat.says("làm khai sinh")
    assert card.text.startswith("ĐĂNG KÝ KHAI SINH")


async def test_a_fragment_without_a_rest_gets_a_gentle_word(chat: Chat) -> None:
    await chat.says("cho em hỏi")
    (prompt,) = await chat.goes_on(PATIENCE)
    assert prompt.text.startswith("Dạ,")
    assert chat.questions() == []


async def test_three_short_messages_are_one_question(chat: Chat) -> None:
    (card,) = await chat.says("cho em hỏi", "làm khai sinh", "cần gì ạ")
    assert card.text.splitlines()[1].startswith("Cần mang:")
    assert [row.folded for row in chat.questions()] == ["cho em hoi lam khai sinh can gi a"]


async def test_a_place_sent_after_a_question_belongs_to_it(chat: Chat) -> None:
    (receipt,) = await chat.says("đường trước nhà ngập hoài", "ở xã Tài Văn")
    assert "Mã câu hỏi" in receipt.text
    assert len(chat.questions()) == 1


async def test_a_whole_question_does_not_wait_for_a_fragment_after_it(chat: Chat) -> None:
    replies = await chat.says("khi nào sửa cầu Cái Sắn", "làm khai sinh cần gì")
    assert [r.decision for r in replies] == ["handoff", "answer"]
    assert len(chat.questions()) == 2


async def test_too_many_messages_are_answered_once_and_kept(chat: Chat) -> None:
    for n in range(Manner().most_in_window):
        await chat.says(f"khi nào sửa cầu số {n} trên đường về xã")
    (pause,) = await chat.says("khi nào sửa cầu tiếp theo")
    assert "vẫn được lưu" in pause.text
    assert await chat.says("khi nào sửa cầu sau đó") == []
    assert (await chat.asks("cháy nhà rồi")).text.startswith("GỌI NGAY 114")
    assert len(await chat.says("cảm ơn")) == 0
    await chat.goes_on(timedelta(minutes=11))
    assert len(await chat.says("cảm ơn")) == 1


async def test_a_thousand_messages_in_one_turn_are_one_thought(chat: Chat) -> None:
    replies = await chat.says(*(f"tin {n}" for n in range(1000)))
    assert len(replies) == 1


async def test_while_an_officer_writes_by_hand_the_assistant_is_silent(chat: Chat) -> None:
    chat.silent_until = chat.now + timedelta(minutes=30)
    assert await chat.says("làm khai sinh cần gì") == []
    assert (await chat.asks("cháy nhà rồi")).text.startswith("GỌI NGAY 114")


async def test_what_is_said_to_an_officer_by_hand_is_noted_on_the_open_question(
    chat: Chat,
) -> None:
    await chat.says("khi nào sửa cầu Cái Sắn")
    chat.silent_until = chat.now + timedelta(minutes=30)
    assert await chat.says("cầu bên chợ đó") == []
    assert "cau ben cho do" in chat.questions()[0].folded


async def test_a_card_that_is_no_longer_public_is_decided_again(chat: Chat) -> None:
    chat.connection.exec_driver_sql("update entry set state='retired' where code='1.001193'")
    with pytest.raises(Stale):
        await chat.says("làm khai sinh cần gì")


ANYTHING = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=200
)


@given(text=ANYTHING, state=st.sampled_from(STATES))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_is_met_with_a_word(text: str, state: Memory) -> None:
    world = World(SmallLibrary(), WORDING, calendar(), FRIDAY, str)
    event = Incoming("web", "e1", "a", IncomingKind.TEXT, FRIDAY, text=text)
    late = FRIDAY - timedelta(minutes=1)
    decided = converse(world, state, (Pending(1, 1, 1, event, late),))
    assert isinstance(decided, Decided)
    assert decided.step.replies
