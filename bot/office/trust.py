"""What no answer may do, whoever writes it: lead astray, ask for money or for a secret."""

import re
from collections.abc import Collection

from bot.errors import BotError
from bot.links import unlisted_in

_SECRET = re.compile(
    r"\b(?:gửi|đọc|nhắn|cung cấp|cho biết|báo)\b(?:(?!đừng|không|chớ)[^.;!?\n]){0,25}"
    r"\b(?:mã OTP|OTP|mã xác (?:nhận|thực)|mật khẩu|mã PIN|số thẻ ngân hàng)\b",
    re.IGNORECASE,
)
_REFUSED_BEFORE = re.compile(r"(?:đừng|không|chớ|xin đừng)\b[^.;!?\n]{0,12}$", re.IGNORECASE)
_MONEY = re.compile(
    r"\b(?:chuyển khoản|chuyển tiền)\b[^.;!?\n]{0,25}"
    r"\b(?:tài khoản (?:cá nhân|số)|cho (?:cán bộ|tôi|anh|chị))\b",
    re.IGNORECASE,
)


class UnlistedLink(BotError):
    """Câu trả lời dẫn tới trang ngoài danh sách tin cậy."""


class AsksTooMuch(BotError):
    """Câu trả lời không được xin tiền, mã OTP hay mật khẩu của người dân; xin anh/chị sửa giúp."""


def check_trust(text: str, own_hosts: Collection[str] = ()) -> None:
    """Raise where words to a citizen break a promise of the channel."""
    check_links(text, own_hosts)
    if _asks(_SECRET, text) or _asks(_MONEY, text):
        raise AsksTooMuch


def check_links(text: str, own_hosts: Collection[str] = ()) -> None:
    """Raise UnlistedLink where a text leads citizens to a stranger's page."""
    if strangers := unlisted_in(text, own_hosts):
        raise UnlistedLink(
            f"Người dân chỉ được dẫn tới trang của Nhà nước (gov.vn); xin bỏ hoặc thay đường dẫn "
            f"{', '.join(dict.fromkeys(strangers))} giúp, để bà con khỏi lầm với trang giả."
        )


def _asks(pattern: re.Pattern[str], text: str) -> bool:
    """Whether something is asked for, and not warned of: "đừng đọc mã OTP cho ai"."""
    found = pattern.finditer(text)
    return any(not _REFUSED_BEFORE.search(text[: each.start()]) for each in found)
