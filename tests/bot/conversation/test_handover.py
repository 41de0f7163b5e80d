"""From the assistant to people: receipts, hours, doors, cases."""

from datetime import datetime

import pytest
from sqlalchemy import func, select

from bot.messages import AttachmentKind
from bot.questions import desk
from bot.questions.codes import spoken_groups
from bot.tables.delivery import message
from tests.bot.conversation.chat import FRIDAY, HANOI, Chat
from tests.bot.conversation.conftest import NewChat


async def test_out_of_hours_the_receipt_says_when_somebody_reads_it(new_chat: NewChat) -> None:
    chat = new_chat(now=datetime(2026, 11, 6, 20, 5, tzinfo=HANOI))
    receipt = await chat.asks("khi nào sửa cầu Cái Sắn")
    assert "lúc 20 giờ 05, thứ Sáu 06/11" in receipt.text
    assert "cán bộ xem từ 7 giờ thứ Hai 09/11" in receipt.text
    assert "cấp cứu 115" in receipt.text


async def test_on_the_web_the_receipt_carries_a_link_only_its_asker_has(chat: Chat) -> None:
    receipt = await chat.asks("khi nào sửa cầu Cái Sắn")
    code = chat.questions()[0].code
    assert f"/tra-cuu/{code}?k=" in receipt.text


@pytest.mark.parametrize(
    ("public_url", "link"),
    [("", None), ("https://danhoi.cantho.gov.vn", "https://danhoi.cantho.gov.vn/tra-cuu/")],
)
async def test_elsewhere_the_link_needs_a_public_address(
    new_chat: NewChat, public_url: str, link: str | None
) -> None:
    chat = new_chat(channel="zalo", public_url=public_url)
    receipt = await chat.asks("khi nào sửa cầu Cái Sắn")
    assert (link or "tra-cuu") in receipt.text or link is None
    assert ("tra-cuu" in receipt.text) == bool(link)


async def test_on_zalo_the_receipt_says_that_the_window_closes_first(new_chat: NewChat) -> None:
    receipt = await new_chat(channel="zalo").asks("khi nào sửa cầu Cái Sắn")
    assert "Zalo chỉ cho kênh nhắn trong 7 ngày" in receipt.text


async def test_a_matter_of_the_commune_asks_which_one_and_notes_it(chat: Chat) -> None:
    receipt = await chat.asks("đường trước nhà ngập hoài")
    assert "Ông/bà ở xã, phường nào" in receipt.text
    (told,) = await chat.says("xã Tài Văn")
    assert "đã chuyển đến UBND xã Tài Văn" in told.text
    (filed,) = chat.questions()
    assert (filed.kind, filed.agency) == ("feedback", "ct-xa-31741")


async def test_another_matter_is_not_taken_for_the_place_that_was_asked(chat: Chat) -> None:
    await chat.says("đường trước nhà ngập hoài")
    await chat.says("đèn đường hư ai sửa")
    assert len(chat.questions()) == 2


async def test_a_commune_that_is_known_gets_the_next_matter_at_once(chat: Chat) -> None:
    await chat.says("đường trước nhà ngập hoài")
    await chat.says("xã Tài Văn")
    await chat.says("rác đầu hẻm hôi quá")
    assert chat.questions()[1].agency == "ct-xa-31741"


async def test_a_question_queued_later_gets_its_link_as_well(chat: Chat) -> None:
    await chat.says("khai sinh")
    (receipt,) = await chat.presses("#x:none")
    (link,) = [line for line in receipt.text.splitlines() if "/tra-cuu/" in line]
    key = link.partition("?k=")[2]
    assert desk.key_digest(key) == chat.questions()[0].key_digest


async def test_a_place_nobody_knows_is_noted_for_the_coordinators(chat: Chat) -> None:
    await chat.says("đường trước nhà ngập hoài")
    (noted,) = await chat.says("ấp Bờ Đập")
    assert "đã ghi thêm nơi ở" in noted.text
    assert chat.questions()[0].agency == "ct-xa"


async def test_an_officer_is_asked_for_before_the_question(chat: Chat) -> None:
    (invited,) = await chat.says("gặp cán bộ")
    assert "nhắn trong một tin" in invited.text
    assert "Mã câu hỏi" in (await chat.asks("làm khai sinh cần gì")).text
    assert chat.states() == ["queued"]


async def test_an_officer_is_asked_for_after_a_card(chat: Chat) -> None:
    await chat.says("làm khai sinh cần gì")
    assert "Mã câu hỏi" in (await chat.asks("cho tôi gặp cán bộ")).text
    assert chat.states() == ["queued"]


@pytest.mark.parametrize(
    ("text", "kind", "agency"),
    [
        pytest.param(
            "tôi khiếu nại quyết định bồi thường đất", "complaint", "ct-xa", id="complaint"
        ),
        pytest.param(
            "tôi tố cáo cán bộ xã nhận tiền", "denunciation", "ct-thanh-tra", id="denunciation"
        ),
    ],
)
async def test_the_right_door_is_shown_and_sending_stays_possible(
    chat: Chat, text: str, kind: str, agency: str
) -> None:
    (door,) = await chat.says(text)
    assert "Trụ sở Tiếp công dân" in door.text
    assert chat.questions() == []
    await chat.presses("#x:send")
    (filed,) = chat.questions()
    assert (filed.kind, filed.agency, filed.sealed) == (kind, agency, True)


async def test_who_lets_it_be_files_nothing(chat: Chat) -> None:
    await chat.says("tôi tố cáo cán bộ xã nhận tiền")
    await chat.says("thôi khỏi")
    assert chat.questions() == []


async def test_a_late_file_is_told_apart_from_our_code_and_handed_over(chat: Chat) -> None:
    replies = await chat.says("nộp hồ sơ 2 tháng chưa có")
    assert "Trung tâm Phục vụ hành chính công" in replies[0].text
    assert "dichvucong.gov.vn" in replies[1].text
    assert chat.questions()[0].kind == "feedback"


async def test_where_is_my_file_gets_no_procedure_card_and_no_ticket(chat: Chat) -> None:
    (reply,) = await chat.says("hồ sơ của tôi tới đâu rồi")
    assert "khác với mã câu hỏi của kênh" in reply.text
    assert chat.questions() == []


async def test_a_late_file_is_handed_over_when_it_is_known_which(chat: Chat) -> None:
    await chat.says("hồ sơ của tôi tới đâu rồi")
    (which,) = await chat.says("ừ")
    assert "hồ sơ gì, nộp ở đâu" in which.text
    await chat.says("hồ sơ đất nộp ở Mỹ Xuyên hôm 2/8")
    assert [(q.kind, q.state) for q in chat.questions()] == [("feedback", "queued")]


async def test_erasing_ones_data_is_a_timed_case(chat: Chat) -> None:
    (receipt,) = await chat.says("xoá dữ liệu của tôi")
    assert "yêu cầu xoá dữ liệu" in receipt.text
    assert chat.questions()[0].decision["mark"] == "erase"
    assert chat.questions()[0].due_at is not None


async def test_the_same_question_twice_is_one_question(chat: Chat) -> None:
    await chat.says("khi nào sửa cầu Cái Sắn")
    (reply,) = await chat.says("Khi nao sua cau Cai San")
    assert spoken_groups(chat.questions()[0].code) in reply.text
    assert len(chat.questions()) == 1


async def test_choices_nobody_takes_for_a_day_go_to_the_queue(chat: Chat) -> None:
    await chat.says("khai sinh")
    early, late = FRIDAY.replace(day=7, hour=16), FRIDAY.replace(day=7, hour=17)
    assert chat.mind.expire_choices(chat.connection, early).value == 0
    done = chat.mind.expire_choices(chat.connection, late)
    assert (done.value, len(done.wakes)) == (1, 1)
    assert chat.states() == ["queued"]
    assert "Mã câu hỏi" in chat.last_line().text


async def test_pictures_before_a_question_belong_to_it(chat: Chat) -> None:
    await chat.shows(AttachmentKind.IMAGE, 2)
    await chat.says("đường trước nhà ngập hoài")
    tied = select(func.count()).where(
        message.c.role == "citizen", message.c.question_id.is_not(None)
    )
    assert chat.connection.execute(tied).scalar() == 3
