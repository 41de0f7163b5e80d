"""Commands in the menu, each an order that could as well be said in plain words."""

import re
from dataclasses import dataclass

#: command → what a citizen would say; the words are understood on every channel
WORDS = {
    "trangthai": "trạng thái",
    "huy": "huỷ câu hỏi",
    "canbo": "gặp cán bộ",
    "duongdaynong": "đường dây nóng",
    "ngung": "ngừng nhận tin",
    "nhanlai": "nhận lại tin",
    "xoadulieu": "xoá dữ liệu của tôi",
    "trogiup": "hướng dẫn",
    "help": "hướng dẫn",
    "menu": "menu",
}
#: shown in a citizen's menu, in this order; `telegram.command.NAME` says what each does
MENU = ("trangthai", "canbo", "duongdaynong", "huy", "ngung", "xoadulieu", "trogiup")
START = "start"
#: for officers: ties a group or an account to the desk, or unties it
LINK, UNLINK = "lienket", "golienket"
GROUP_MENU = (LINK, UNLINK)

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{3,40}))?(?:\s+(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """A command as typed: `/huy@danhoi_bot 4K7M2P9`."""

    name: str
    bot: str
    rest: str


def read_command(text: str) -> Command | None:
    """Return the command a message begins with, None for other words."""
    found = _COMMAND.fullmatch(text.strip())
    if found is None:
        return None
    return Command(found[1].lower(), (found[2] or "").lower(), (found[3] or "").strip())


def in_words(command: Command) -> str | None:
    """Return what the citizen would have said, None for a command of nobody's."""
    words = WORDS.get(command.name)
    return f"{words} {command.rest}".strip() if words else None
