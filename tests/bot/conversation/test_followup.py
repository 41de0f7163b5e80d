"""After the question: its state, additions, withdrawing, asking again, rating, consent."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from bot.conversation.letters import Signature, answer_message
from bot.messages import Outgoing
from bot.questions import desk
from bot.questions.codes import new_code, spoken_groups
from bot.tables.desk import question
from tests.bot.conversation.chat import WORDING, Chat
from tests.bot.conversation.conftest import NewChat

BRIDGE, LAMP = "khi nào sửa cầu Cái Sắn", "đèn đường hư ai sửa"


async def answered(chat: Chat, provider_id: str = "") -> str:
    """Let an officer answer the bridge question; return its code."""
    await chat.says(BRIDGE)
    row = chat.questions()[-1]
    chat.connection.execute(
        update(question)
        .where(question.c.id == row.id)
        .values(state="answered", bucket="answered", answered_at=chat.now)
    )
    signed = Signature("bà Lê Thị Hoa, Phó Giám đốc", date(2026, 11, 6), "Luật Đường bộ", "0292 1")
    message = answer_message(WORDING, row.code, "Sửa trong tháng 12.", signed, row.id)
    chat.keep(message, provider_id)
    return str(row.code)


def consents(chat: Chat) -> dict[str, bool]:
    rows = chat.connection.exec_driver_sql(
        "select use, granted and withdrawn_at is null from consent order by use"
    )
    return {use: bool(granted) for use, granted in rows}


async def test_an_officers_answer_names_question_basis_and_signer(chat: Chat) -> None:
    code = await answered(chat)
    assert chat.said[-1].text.splitlines() == [
        f"TRẢ LỜI câu hỏi {spoken_groups(code)}.",
        "Sửa trong tháng 12.",
        "Căn cứ: Luật Đường bộ.",
        "Người duyệt: bà Lê Thị Hoa, Phó Giám đốc, ngày 06/11/2026.",
        "Điện thoại: 0292 1.",
    ]
    assert [b.label for b in chat.said[-1].buttons] == ["Rõ rồi", "Hỏi thêm", "Chưa đúng"]


@pytest.mark.parametrize(
    "form", ["{code}", "{code} tới đâu rồi", "{spoken} toi dau roi", "mã {low} sao rồi"]
)
async def test_a_code_tells_where_the_question_stands(chat: Chat, form: str) -> None:
    await chat.says(BRIDGE)
    code = chat.questions()[0].code
    text = form.format(code=code, spoken=spoken_groups(code), low=code.lower())
    (status,) = await chat.says(text)
    assert f"{spoken_groups(code)}: đang chờ cán bộ Sở Xây dựng nhận." in status.text
    assert "Trả lời chậm nhất thứ Sáu 27/11." in status.text


async def test_a_strangers_words_are_never_tied_to_the_question_of_a_code(
    chat: Chat, new_chat: NewChat
) -> None:
    await chat.says(BRIDGE)
    asked = chat.questions()[0]
    stranger = new_chat()
    await stranger.says(asked.code)
    await stranger.says(f"{asked.code} xin bổ sung là tôi đổi ý rồi")
    await stranger.says("huỷ câu hỏi")
    assert stranger.last_line().question_id is None
    assert chat.questions() == [asked]


async def test_a_stranger_learns_the_state_of_a_code_and_nothing_of_its_text(
    chat: Chat, new_chat: NewChat
) -> None:
    await chat.says(BRIDGE)
    (status,) = await new_chat().says(chat.questions()[0].code)
    assert "Sở Xây dựng" in status.text
    assert "cầu" not in status.text
    assert status.buttons == ()


async def test_an_unknown_code_is_told_kindly(chat: Chat) -> None:
    (reply,) = await chat.says(new_code())
    assert "chưa tìm thấy" in reply.text


async def test_several_open_questions_are_listed(chat: Chat) -> None:
    await chat.says(BRIDGE)
    await chat.says(LAMP)
    (listed,) = await chat.says("câu hỏi của tôi tới đâu rồi")
    assert listed.text.startswith("Dạ, ông/bà đang có 2 câu hỏi:\n1. ")
    assert "(“đèn đường hư ai sửa”)" in listed.text
    (status,) = await chat.says("2")
    assert spoken_groups(chat.questions()[0].code) in status.text


async def test_nothing_open_is_said_so(chat: Chat) -> None:
    assert "không có câu hỏi nào" in (await chat.asks("trạng thái")).text


@pytest.mark.parametrize("really", ["ừ", "1", "huỷ câu hỏi"])
async def test_withdrawing_asks_once_and_then_does_it(chat: Chat, really: str) -> None:
    await chat.says(BRIDGE)
    (sure,) = await chat.says("huỷ câu hỏi")
    assert "phải không?" in sure.text
    await chat.says(really)
    assert chat.states() == ["withdrawn"]


async def test_of_several_questions_the_one_to_withdraw_is_chosen(chat: Chat) -> None:
    await chat.says(BRIDGE)
    await chat.says(LAMP)
    await chat.says("huỷ")
    await chat.says("cái thứ hai")
    assert chat.states() == ["withdrawn", "queued"]


async def test_a_plain_yes_withdraws_none_of_several(chat: Chat) -> None:
    await chat.says(BRIDGE)
    await chat.says(LAMP)
    await chat.says("huỷ")
    assert "một số từ 1 đến 2" in (await chat.asks("ừ")).text
    assert chat.states() == ["queued", "queued"]


async def test_an_addition_goes_to_the_question_that_is_quoted(chat: Chat) -> None:
    await chat.says(LAMP)
    code = await answered(chat, provider_id="m7")
    (receipt,) = await chat.says("còn cầu bên kia thì sao", quoting="m7")
    assert spoken_groups(code) in receipt.text
    assert chat.states() == ["queued", "reopened"]


async def test_asking_about_a_quoted_message_tells_its_state(chat: Chat) -> None:
    await chat.says(LAMP)
    code = await answered(chat, provider_id="m7")
    (status,) = await chat.says("tới đâu rồi vậy", quoting="m7")
    assert spoken_groups(code) in status.text
    assert chat.states() == ["queued", "answered"]


async def test_words_beside_a_code_are_meant_for_its_question(chat: Chat) -> None:
    await chat.says(BRIDGE)
    await chat.says(LAMP)
    code = chat.questions()[0].code
    text = f"{code} tôi nói thêm là cầu gãy lan can bên phía chợ nguy hiểm lắm"
    (noted,) = await chat.says(text)
    assert f"đã ghi thêm vào câu hỏi {spoken_groups(code)}" in noted.text


async def test_a_code_and_an_order_are_about_that_question(chat: Chat) -> None:
    await chat.says(BRIDGE)
    await chat.says(LAMP)
    await chat.says(f"huỷ câu hỏi {chat.questions()[0].code}")
    assert chat.states() == ["withdrawn", "queued"]


async def test_an_addition_goes_to_the_only_open_question(chat: Chat) -> None:
    await chat.says(BRIDGE)
    (noted,) = await chat.says("bổ sung: cầu gãy lan can rồi")
    assert spoken_groups(chat.questions()[0].code) in noted.text


async def test_of_several_an_addition_goes_where_its_topic_is(chat: Chat) -> None:
    await chat.says(BRIDGE)
    await chat.says(LAMP)
    (noted,) = await chat.says("bổ sung cái đèn đường hư trước trường học")
    assert spoken_groups(chat.questions()[1].code) in noted.text


async def test_an_addition_without_topic_asks_which(chat: Chat) -> None:
    await chat.says(BRIDGE)
    await chat.says(LAMP)
    (which,) = await chat.says("bổ sung giấy ra viện của má tôi")
    assert "bổ sung cho câu nào" in which.text


@pytest.mark.parametrize("typed", ["chưa đúng", "cái thứ ba", "3"])
async def test_not_right_opens_the_question_again(chat: Chat, typed: str) -> None:
    await answered(chat)
    replies = await chat.says(typed)
    assert chat.states() == ["reopened"]
    assert "xem lại" in replies[0].text
    assert "chưa đúng chỗ nào" in replies[1].text


async def test_asking_more_reopens_with_the_words(chat: Chat) -> None:
    code = await answered(chat)
    (invited,) = await chat.presses(f"#x:more:{code}")
    assert spoken_groups(code) in invited.text
    (receipt,) = await chat.says("làm khai sinh cần gì")
    assert spoken_groups(code) in receipt.text
    assert chat.states() == ["reopened"]


async def test_half_a_question_after_the_answer_is_asked_about_it(chat: Chat) -> None:
    await chat.says("làm khai sinh cần gì")
    code = await answered(chat)
    assert await chat.says("thế bao nhiêu tiền") == []
    (receipt,) = await chat.goes_on(timedelta(seconds=2))
    assert spoken_groups(code) in receipt.text
    assert chat.states() == ["auto_answered", "reopened"]


async def test_clear_leads_to_rating_and_two_separate_consents(chat: Chat) -> None:
    await answered(chat)
    (rating,) = await chat.says("rõ rồi")
    assert "1. Hài lòng" in rating.text
    (publish,) = await chat.says("1")
    assert "đăng câu hỏi" in publish.text
    (air,) = await chat.says("đồng ý")
    assert "chuyên mục" in air.text
    assert consents(chat) == {"publish": True}
    await chat.says("đồng ý, giấu tên")
    assert consents(chat) == {"air": True, "name": False, "publish": True}


@pytest.mark.parametrize(
    ("publish", "air", "stored"),
    [
        ("không", "không", {"air": False, "name": False, "publish": False}),
        ("ừ", "đồng ý, nêu tên", {"air": True, "name": True, "publish": True}),
        ("ừ", "2", {"air": True, "name": True, "publish": True}),
        ("thôi", "thôi khỏi", {"publish": False}),
        ("không đồng ý", "ừ", {"air": True, "name": False, "publish": False}),
    ],
)
async def test_consents_may_be_typed(
    chat: Chat, publish: str, air: str, stored: dict[str, bool]
) -> None:
    await answered(chat)
    for typed in ("rõ rồi", "tạm được", publish, air):
        await chat.says(typed)
    assert consents(chat) == stored


async def test_silence_is_no_consent(chat: Chat) -> None:
    await answered(chat)
    for typed in ("rõ rồi", "1", "cảm ơn"):
        await chat.says(typed)
    assert consents(chat) == {}


async def test_consent_is_taken_back_by_two_words(chat: Chat) -> None:
    await answered(chat)
    for typed in ("rõ rồi", "1", "đồng ý", "đồng ý, giấu tên", "rút lại"):
        await chat.says(typed)
    assert consents(chat) == {"air": False, "name": False, "publish": False}


async def test_the_words_that_were_shown_are_stored_with_the_consent(chat: Chat) -> None:
    await answered(chat)
    for typed in ("rõ rồi", "1", "đồng ý"):
        await chat.says(typed)
    rows = chat.connection.exec_driver_sql("select wording, wording_version from consent").all()
    assert [row[0] for row in rows] == ["consent.publish"]
    assert rows[0][1]


@pytest.mark.parametrize("typed", ["3", "chưa hài lòng", "không"])
async def test_who_is_not_satisfied_is_asked_what_was_missing(chat: Chat, typed: str) -> None:
    await answered(chat)
    await chat.says("rõ rồi")
    (sorry,) = await chat.says(typed)
    assert [b.label for b in sorry.buttons] == ["Hỏi thêm", "Chưa đúng"]
    assert consents(chat) == {}


async def test_a_sealed_matter_is_never_asked_for_publication(chat: Chat) -> None:
    await answered(chat)
    chat.connection.exec_driver_sql("update question set kind='complaint', sealed=true")
    await chat.says("rõ rồi")
    (thanks,) = await chat.says("1")
    assert thanks.text == "Dạ, cảm ơn ông/bà đã cho biết."


async def test_a_stale_question_is_decided_again(chat: Chat) -> None:
    await chat.says(BRIDGE)
    (row,) = chat.questions()
    await chat.says("huỷ")
    desk.withdraw(chat.connection, row.id, chat.now)
    (reply,) = await chat.says("ừ")
    assert "không có câu hỏi nào đang chờ" in reply.text


async def test_stopping_notices_is_remembered(chat: Chat) -> None:
    await chat.says("ngừng nhận tin")
    assert chat.state["stopped"] is True
    await chat.says("nhận tin lại")
    assert "stopped" not in chat.state


async def asked_back(chat: Chat) -> None:
    """Let an officer ask the citizen something about the bridge question."""
    await chat.says(BRIDGE)
    row = chat.questions()[-1]
    chat.connection.execute(
        update(question)
        .where(question.c.id == row.id)
        .values(state="waiting", waiting_since=chat.now, assignee_id=None)
    )
    text = WORDING("desk.ask", code=row.code, agency="Sở Xây dựng", text="Cầu nào ạ?")
    chat.keep(Outgoing(text, role="officer", question_id=row.id))


@pytest.mark.parametrize("text", ["cầu gần chợ", "ừ", "làm khai sinh cần gì", "2"])
async def test_what_follows_an_officers_question_is_its_answer(chat: Chat, text: str) -> None:
    await asked_back(chat)
    (noted,) = await chat.says(text)
    assert "đã ghi thêm vào câu hỏi" in noted.text
    assert chat.states() == ["claimed"]


async def test_an_order_after_an_officers_question_is_still_an_order(chat: Chat) -> None:
    await asked_back(chat)
    (status,) = await chat.says("trạng thái")
    assert "đang chờ ông/bà bổ sung" in status.text
    assert chat.states() == ["waiting"]


async def test_an_officers_answer_ends_what_was_awaited_before(chat: Chat) -> None:
    await answered(chat)
    await chat.says("làm khai sinh cần gì")
    await answered_again(chat)
    await chat.says("chưa đúng")
    assert chat.states() == ["reopened", "auto_answered"]


async def answered_again(chat: Chat) -> None:
    """Let the officer's answer come once more, after another exchange."""
    row = chat.questions()[0]
    signed = Signature("bà Lê Thị Hoa", date(2026, 11, 6))
    chat.keep(answer_message(WORDING, row.code, "Sửa trong tháng 12.", signed, row.id))


@pytest.mark.parametrize("text", ["còn ấp 4 thì sao", "mở lại", "xin hỏi lại câu này"])
async def test_going_on_about_an_answer_reopens_its_question(chat: Chat, text: str) -> None:
    await answered(chat)
    (again, *_) = await chat.says(text)
    assert "chuyển lại" in again.text
    assert chat.states() == ["reopened"]


async def test_help_is_named_first_and_the_officer_still_gets_the_words(chat: Chat) -> None:
    await asked_back(chat)
    (help_first,) = await chat.says("cháy nhà rồi")
    assert help_first.text.startswith("GỌI NGAY 114")
    assert chat.states() == ["claimed"]
