"""Short words are read as a choice, a yes, a no, an order or a cue; long ones are not."""

import pytest

from bot.conversation.cues import Command, Cue, command_in, cue_in
from bot.conversation.words import is_no, is_yes, label_in, number_in


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", 2),
        ("số 2", 2),
        ("so 2 a", 2),
        ("Dạ số 2 nha", 2),
        ("2 nhé", 2),
        ("cái thứ hai", 2),
        ("cai thu 2", 2),
        ("chọn số 2", 2),
        ("mục 3", 3),
        ("câu ba", 3),
        ("cái đầu", 1),
        ("cái đầu tiên", 1),
        ("thứ nhất", 1),
        ("số một", 1),
        ("cái cuối", -1),
        ("cái cuối cùng ạ", -1),
        ("cái chót", -1),
        ("bốn", 4),
        ("số 12", 12),
        ("bà", None),
        ("làm khai sinh cho 2 cháu", None),
        ("2 năm rồi chưa có", None),
        ("hai vợ chồng tôi", None),
    ],
)
def test_a_typed_number_is_a_choice(text: str, number: int | None) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "ừ",
        "Ừa",
        "dạ",
        "dạ đúng",
        "đúng rồi",
        "dung roi",
        "dạ đúng rồi ạ",
        "phải",
        "ok",
        "có",
        "được rồi",
    ],
)
def test_a_yes_is_a_yes(text: str) -> None:
    assert is_yes(text)
    assert not is_no(text)


@pytest.mark.parametrize(
    "text",
    [
        "không",
        "hông",
        "ko",
        "k",
        "hông phải",
        "hong phai",
        "dạ không",
        "không phải",
        "không đúng",
        "chưa đúng",
        "sai rồi",
        "không có cái nào",
        "hông có cái nào hết",
        "cái nào cũng không phải",
        "không đồng ý",
    ],
)
def test_a_no_is_a_no(text: str) -> None:
    assert is_no(text)
    assert not is_yes(text)


@pytest.mark.parametrize(
    "text",
    [
        "không biết nộp ở đâu",
        "đúng hạn thì mấy ngày có",
        "có cần hộ khẩu không",
        "dạ em hỏi khai sinh",
    ],
)
def test_a_question_is_neither_yes_nor_no(text: str) -> None:
    assert not is_yes(text)
    assert not is_no(text)


LABELS = ["Đăng ký khai sinh", "Khai sinh, bé sinh ở nước ngoài", "Không đúng, gửi cán bộ"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Đăng ký khai sinh", 0),
        ("dang ky khai sinh", 0),
        ("2. Khai sinh, bé sinh ở nước ngoài", 1),
        ("khai sinh be sinh o nuoc ngoai", 1),
        ("gửi cán bộ", None),
        ("đăng ký kết hôn", None),
        ("khai sinh", None),
    ],
)
def test_a_label_may_be_typed_with_or_without_marks(text: str, place: int | None) -> None:
    assert label_in(text, LABELS) == place


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("trạng thái", Command.STATUS),
        ("câu hỏi của tôi", Command.STATUS),
        ("câu hỏi của tôi tới đâu rồi", Command.STATUS),
        ("có trả lời chưa", Command.STATUS),
        ("chừng nào có trả lời", Command.STATUS),
        ("tới đâu rồi vậy", Command.STATUS),
        ("huỷ", Command.WITHDRAW),
        ("hủy câu hỏi", Command.WITHDRAW),
        ("tôi muốn rút câu hỏi", Command.WITHDRAW),
        ("rút lại", Command.UNCONSENT),
        ("rút lại đồng ý", Command.UNCONSENT),
        ("thôi khỏi", Command.DROP),
        ("thôi không cần nữa", Command.DROP),
        ("để sau đi", Command.DROP),
        ("gặp cán bộ", Command.OFFICER),
        ("cho tôi gặp cán bộ", Command.OFFICER),
        ("gửi cán bộ", Command.OFFICER),
        ("ngừng nhận tin", Command.STOP),
        ("đừng gửi tin nữa", Command.STOP),
        ("nhận tin lại", Command.RESUME),
        ("xoá dữ liệu của tôi", Command.ERASE),
        ("Tôi muốn xóa hết dữ liệu của tôi", Command.ERASE),
        ("đường dây nóng", Command.HOTLINES),
        ("hỏi thêm", Command.MORE),
        ("rõ rồi", Command.CLEAR),
        ("kênh này thật không", Command.GENUINE),
        ("có phải kênh của nhà nước không", Command.GENUINE),
        ("menu", Command.MENU),
        ("hủy kết hôn thì làm sao", None),
        ("xoá đăng ký thường trú cần gì", None),
        ("xoá thông tin thường trú của tôi", None),
        ("gặp cán bộ tư pháp thứ mấy", None),
        ("hồ sơ của tôi tới đâu", None),
    ],
)
def test_an_order_in_plain_words(text: str, command: Command | None) -> None:
    assert command_in(text) is command


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("có người gọi kêu cập nhật VNeID", Cue.SCAM),
        ("có số lạ gọi bảo đóng tiền làm căn cước", Cue.SCAM),
        ("công an gọi điện yêu cầu chuyển khoản", Cue.SCAM),
        ("hồ sơ của tôi tới đâu rồi", Cue.OWN_FILE),
        ("nộp 2 tháng chưa có", Cue.LATE_FILE),
        ("mã hồ sơ H21.99-240101-0001", Cue.OWN_FILE),
        ("em gửi ảnh căn cước nè", Cue.IDENTITY_PAPER),
        ("tôi bổ sung giấy ra viện", Cue.SUPPLEMENT),
        ("xã Tài Văn", Cue.PLACE),
        ("tôi ở ấp 3 xã Đại Tâm", Cue.PLACE),
        ("ấp Bưng Tróp A xã An Hiệp huyện Châu Thành", Cue.PLACE),
        ("cho em hỏi", Cue.OPENER),
        ("Dạ cho con hỏi chút ạ", Cue.OPENER),
        ("em hỏi cái này", Cue.OPENER),
        ("cho em hỏi làm khai sinh cần gì", None),
        ("xã làm việc mấy giờ", None),
        ("ở phường nào nộp hồ sơ khai sinh cho con được vậy", None),
        ("ជំរាបសួរ", Cue.KHMER),
        ("ok", Cue.ACKNOWLEDGED),
        ("làm lại căn cước bị mất", None),
        ("căn cước gửi về nhà được không", None),
        ("làm khai sinh cần gì", None),
        ("hồ sơ làm khai sinh gồm gì", None),
    ],
)
def test_a_cue_in_plain_words(text: str, cue: Cue | None) -> None:
    assert cue_in(text) is cue
