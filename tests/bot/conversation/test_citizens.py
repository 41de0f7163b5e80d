"""What people really write: impatient, brief, mistyped, in need."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from bot.messages import AttachmentKind
from bot.questions.codes import spoken_groups
from bot.tables.desk import question
from bot.tables.directory import holiday
from tests.bot.conversation.chat import FRIDAY, Chat
from tests.bot.conversation.conftest import NewChat

PATIENCE = timedelta(seconds=1.5)
FLOOD, WASTE = "đường trước nhà ngập hoài", "rác đầu hẻm hôi quá"


async def said(chat: Chat, text: str) -> str:
    (reply,) = await chat.says(text) or await chat.goes_on(PATIENCE)
    return reply.text


@pytest.mark.parametrize("text", ["2", "số 2", "cái đầu", "hông phải", "không có cái nào"])
async def test_a_choice_of_nothing_gets_a_gentle_word(chat: Chat, text: str) -> None:
    assert "chưa có gì để chọn" in await said(chat, text)
    assert chat.states() == []


async def test_a_facet_asked_before_choosing_is_told_of_every_choice(chat: Chat) -> None:
    await chat.says("khai sinh")
    first = await said(chat, "bao lâu có")
    assert "có cùng thời gian: trong ngày" in first
    assert "1. Khai sinh cho bé sinh trong nước" in first
    assert "Nguồn: " in first


async def test_a_facet_nobody_vouches_for_waits_for_the_choice(chat: Chat) -> None:
    await chat.says("khai sinh")
    told = await said(chat, "có mẫu đơn không")
    assert "mẫu đơn của các việc này kênh chưa có thông tin chắc chắn" in told
    assert "1. Khai sinh cho bé sinh trong nước" in told


async def test_the_choice_made_afterwards_begins_with_the_facet(chat: Chat) -> None:
    await chat.says("khai sinh")
    await said(chat, "bao lâu có")
    (card,) = await chat.says("2")
    assert card.text.splitlines()[1] == "Thời gian: trong ngày"


@pytest.mark.parametrize("text", ["vẫn gửi", "gửi đi", "gửi", "Vẫn gửi qua kênh", "van gui", "ừ"])
async def test_a_shown_door_may_be_passed_in_words(chat: Chat, text: str) -> None:
    await chat.says("tôi khiếu nại quyết định bồi thường đất")
    await chat.says(text)
    assert [(q.kind, q.state) for q in chat.questions()] == [("complaint", "queued")]


async def test_one_place_serves_all_questions_that_wait_for_it(chat: Chat) -> None:
    await chat.says(FLOOD)
    await chat.says(WASTE)
    told = await said(chat, "xã Tài Văn")
    assert {q.agency for q in chat.questions()} == {"ct-xa-31741"}
    assert all(spoken_groups(q.code) in told for q in chat.questions())


async def test_a_wrong_place_can_be_corrected(chat: Chat) -> None:
    await chat.says(FLOOD)
    await chat.says("xã Tài Văn")
    assert "chuyển đến UBND phường Mỹ Xuyên" in await said(chat, "lộn rồi, phường Mỹ Xuyên")
    assert [q.agency for q in chat.questions()] == ["ct-xa-31684"]


async def test_a_place_told_again_moves_nothing_that_an_officer_has_taken_up(chat: Chat) -> None:
    await chat.says(FLOOD)
    await chat.says("xã Tài Văn")
    chat.connection.execute(update(question).values(state="claimed"))
    await chat.says("lộn rồi, phường Mỹ Xuyên")
    assert [q.agency for q in chat.questions()] == ["ct-xa-31741"]


async def test_a_place_serves_what_waits_for_it_though_another_question_came_since(
    chat: Chat,
) -> None:
    await chat.says(FLOOD)
    await chat.says("khi nào sửa cầu Cái Sắn")
    assert "đã chuyển đến UBND xã Tài Văn" in await said(chat, "xã Tài Văn")
    assert {q.agency for q in chat.questions()} == {"ct-xa-31741", "ct-so-xay-dung"}


@pytest.mark.parametrize("text", ["phường 2", "phuong 2"])
async def test_a_place_is_no_mistyped_code(chat: Chat, text: str) -> None:
    assert "chưa tìm thấy" not in await said(chat, text)


@pytest.mark.parametrize(
    "between", [pytest.param("o dau", id="asks where"), pytest.param("alo", id="calls")]
)
async def test_a_shown_door_stays_open_for_who_asks_on(chat: Chat, between: str) -> None:
    await chat.says("tôi khiếu nại quyết định bồi thường đất")
    await chat.says(between)
    await chat.says("vẫn gửi")
    assert [q.kind for q in chat.questions()] == ["complaint"]


async def test_a_door_may_be_passed_by_the_end_of_its_words(chat: Chat) -> None:
    await chat.says("tôi tố cáo cán bộ xã nhận tiền")
    await chat.says("gửi qua kênh")
    assert [q.kind for q in chat.questions()] == ["denunciation"]


async def test_who_is_afraid_is_told_again_to_call(chat: Chat) -> None:
    await chat.says("chồng tui đánh tui")
    assert "gọi ngay số dưới đây" in await said(chat, "tôi sợ lắm")
    assert chat.questions() == []


async def test_a_hamlet_alone_is_no_commune(chat: Chat) -> None:
    await chat.says(FLOOD)
    await said(chat, "ap 5")
    assert chat.questions()[0].agency == "ct-xa"
    assert "đã chuyển đến UBND xã Tài Văn" in await said(chat, "xã Tài Văn")


async def test_the_number_of_a_file_goes_with_its_question(chat: Chat) -> None:
    await chat.says("nộp hồ sơ 2 tháng chưa có")
    assert "đã ghi thêm" in await said(chat, "mã hồ sơ H23.15-250805-0012")
    assert len(chat.questions()) == 1


async def test_a_childs_age_in_an_alarm_is_no_new_matter(chat: Chat) -> None:
    await chat.says("em bị dượng sờ mó")
    assert "gọi ngay số dưới đây" in await said(chat, "con 14 tuổi")


async def test_a_child_afraid_of_being_found_out_is_told_again_to_call(chat: Chat) -> None:
    await chat.says("thầy dạy thêm đụng chạm em")
    assert "gọi ngay số dưới đây" in await said(chat, "em sợ ba mẹ biết")


async def test_a_kinsman_in_hospital_who_needs_money_is_a_swindle(chat: Chat) -> None:
    assert "Đừng cài" in await said(chat, "co ng nt bao con toi cap cuu ck 20tr")


async def test_money_that_is_gone_gets_the_advice_for_it(chat: Chat) -> None:
    assert "ngân hàng" in await said(chat, "mat 5 trieu roi")


async def test_a_denunciation_never_follows_its_asker_home(chat: Chat) -> None:
    await chat.says("tôi tố cáo cán bộ xã nhận tiền")
    await chat.says("vẫn gửi")
    chat.connection.execute(update(question).values(agency="ct-xa"))
    await said(chat, "xã Tài Văn")
    assert chat.questions()[0].agency == "ct-xa"


@pytest.mark.parametrize(
    "text", ["con 12 tuổi ba con đánh con hoài", "me hay danh con", "em bị dượng sờ mó"]
)
async def test_a_child_that_is_harmed_gets_the_childrens_number(chat: Chat, text: str) -> None:
    told = await said(chat, text)
    assert told.startswith("GỌI NGAY 111")
    assert chat.states() == []


@pytest.mark.parametrize(
    "text",
    [
        "cha mẹ để dành con được không",
        "ba mẹ đánh dấu vô ô nào",
        "cha mẹ đánh con có bị phạt không",
    ],
)
async def test_not_every_parent_harms(chat: Chat, text: str) -> None:
    assert "GỌI NGAY" not in await said(chat, text)


async def test_who_goes_on_writing_in_an_emergency_is_told_to_call(chat: Chat) -> None:
    await chat.says("cháy nhà rồi")
    (again,) = await chat.says("alo") or await chat.goes_on(PATIENCE)
    assert "gọi ngay số dưới đây" in again.text
    assert [b.phone for b in again.buttons] == ["114", "115"]


async def test_an_emergency_of_yesterday_is_over(chat: Chat) -> None:
    await chat.says("cháy nhà rồi")
    chat.now += timedelta(days=1)
    assert "gọi ngay" not in await said(chat, "alo")


async def test_no_welcome_comes_between_an_emergency_and_what_follows(new_chat: NewChat) -> None:
    chat = new_chat(state={})
    await chat.says("cháy nhà rồi")
    assert "kính chào" not in await said(chat, "alo")


async def test_a_bare_word_is_a_question_but_under_a_picture_names_it(chat: Chat) -> None:
    assert "đừng gửi ảnh" not in await said(chat, "căn cước")
    (dropped,) = await chat.shows(AttachmentKind.IMAGE, text="căn cước")
    assert "không giữ" in dropped.text


async def test_a_mistyped_code_finds_the_askers_own_question(chat: Chat) -> None:
    await chat.says("khi nào sửa cầu Cái Sắn")
    code = chat.questions()[0].code
    wrong = code[:-1] + ("3" if code[-1] != "3" else "4")
    assert spoken_groups(code) in await said(chat, wrong)
    assert spoken_groups(code) in await said(chat, code[1:])


@pytest.mark.parametrize(
    "text", ["4K7 M2P 8", "mã 4k7m2p8 tới đâu rồi", "mã câu hỏi của tôi là 4K7 M2P 8"]
)
async def test_a_wrong_code_is_named_as_not_found(chat: Chat, text: str) -> None:
    assert "chưa tìm thấy câu hỏi mã 4K7 M2P 8" in await said(chat, text)


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        pytest.param("https://a.vn/x https://b.vn", "không mở đường dẫn", id="only links"),
        pytest.param("tôi lỡ chuyển tiền rồi làm sao", "khoá giao dịch", id="paid a swindler"),
        pytest.param("tao muốn gặp chủ tịch", "cần cán bộ giúp việc gì", id="the chairman"),
        pytest.param("không hiểu gì hết", "cứ nhắn như nói chuyện", id="lost"),
        pytest.param("xã Tài Văn", "đã ghi ông/bà ở xã Tài Văn", id="place first"),
        pytest.param("cháu ơi cho bà hỏi", "kênh đang nghe", id="grandmother's opening"),
    ],
)
async def test_what_needs_its_own_word_gets_it(chat: Chat, text: str, reply: str) -> None:
    assert reply in await said(chat, text)
    assert chat.states() == []


async def test_an_office_that_is_closed_today_is_said_to_be_closed(chat: Chat) -> None:
    chat.connection.execute(
        insert(holiday).values(
            calendar="standard", day=FRIDAY.date(), working=False, name="Nghỉ bù", source="công văn"
        )
    )
    receipt = await said(chat, "khi nào sửa cầu Cái Sắn")
    assert "cán bộ đã nghỉ; cán bộ xem từ 7 giờ thứ Hai 09/11" in receipt


async def test_an_address_without_its_scheme_is_a_link_as_well(chat: Chat) -> None:
    assert "không mở đường dẫn" in await said(chat, "www.nhan-qua.vn/abc")


async def test_taking_back_before_any_answer_means_the_question(chat: Chat) -> None:
    await chat.says("khi nào sửa cầu Cái Sắn")
    assert "muốn huỷ câu hỏi" in await said(chat, "rút lại")


async def test_there_is_nothing_to_take_back_where_nothing_was_agreed(chat: Chat) -> None:
    assert "chưa có câu hỏi nào được đăng" in await said(chat, "rút lại")


async def test_reopening_a_withdrawn_question_asks_for_it_afresh(chat: Chat) -> None:
    await chat.says("khi nào sửa cầu Cái Sắn")
    await chat.says("huỷ câu hỏi")
    await chat.says("ừ")
    assert "cần cán bộ giúp việc gì" in await said(chat, "mở lại")
    assert chat.states() == ["withdrawn"]


@pytest.mark.parametrize("text", ["ở đâu", "o dau", "đâu"])
async def test_where_is_no_word_for_first(chat: Chat, text: str) -> None:
    await chat.says("làm khai sinh cần gì")
    assert "cảm ơn" not in await said(chat, text)


async def test_a_place_may_begin_with_the_block(chat: Chat) -> None:
    await chat.says(FLOOD)
    assert "đã ghi thêm nơi ở" in await said(chat, "tổ 5 phường Ninh Kiều")


@pytest.mark.parametrize(
    "text", ["chồng tui đánh tui", "con trai hay danh me", "chồng em say về đập em"]
)
async def test_violence_at_home_gets_the_police_number(chat: Chat, text: str) -> None:
    assert (await said(chat, text)).startswith("GỌI NGAY 113")
