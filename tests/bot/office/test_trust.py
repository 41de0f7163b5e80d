"""What no answer may do, whoever writes it."""

import pytest

from bot.office.trust import AsksTooMuch, UnlistedLink, check_trust


@pytest.mark.parametrize(
    "text",
    [
        "Ông/bà xem dichvucong.gov.vn và mang Căn cước.",
        "Lệ phí 8.000 đồng, nộp tại quầy.",
        "Xin ông/bà đừng đọc mã OTP cho ai.",
        "Kênh không bao giờ hỏi mã OTP; ai kêu gửi thì đừng gửi mã OTP.",
        "Tiền trợ cấp được chuyển khoản vào tài khoản của ông/bà.",
    ],
)
def test_an_honest_answer_passes(text: str) -> None:
    check_trust(text)


def test_a_link_off_the_list_is_named_kindly() -> None:
    with pytest.raises(UnlistedLink, match=r"bit\.ly"):
        check_trust("Bấm bit.ly/abc để nộp")


@pytest.mark.parametrize(
    "text",
    [
        "Ông/bà gửi mã OTP qua đây.",
        "Đọc giúp mã xác nhận vừa nhận được",
        "Xin chuyển khoản vào tài khoản số 0123",
    ],
)
def test_no_secret_and_no_money_is_asked_for(text: str) -> None:
    with pytest.raises(AsksTooMuch):
        check_trust(text)
