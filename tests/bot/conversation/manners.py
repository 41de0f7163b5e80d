"""How the service speaks: what every reply must keep to."""

import re

from bot.messages import Outgoing

BANNED = re.compile(
    r"(?<!\w)(bạn|(?<!trẻ )em|quý khách|người dùng|từ chối|không hợp lệ|lỗi hệ thống)(?!\w)",
    re.IGNORECASE,
)
#: of a question's link: chance may write "eM" in it
_KEY = re.compile(r"\?k=\S+")
_TITLES = ("TRẢ LỜI", "GỌI NGAY", "Công an", "Bảo hiểm")
_LONGEST, _MOST_BUTTONS, _LONGEST_LABEL = 1500, 5, 35


def mind_manners(reply: Outgoing) -> None:
    """Fail on a reply that is impolite, too long for a phone, or opens wrongly."""
    first = reply.text.splitlines()[0]
    assert BANNED.search(_KEY.sub("", reply.text)) is None, reply.text
    assert first.startswith(("Dạ,", *_TITLES)) or first.isupper(), first
    assert len(reply.text) <= _LONGEST, reply.text
    assert len(reply.buttons) <= _MOST_BUTTONS, reply.text
    assert all(len(button.label) <= _LONGEST_LABEL for button in reply.buttons), reply.buttons
