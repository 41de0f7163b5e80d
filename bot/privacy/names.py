"""Full names of citizens: a family name of this country and one to four given syllables."""

import re
from collections.abc import Iterator

from bot.privacy.masks import Mask, MaskKind
from knowledge.text import fold

_FAMILY = frozenset(
    (
        "Nguyễn Trần Lê Phạm Huỳnh Hoàng Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô "
        "Dương Lý Đinh Trương Lâm Mai Cao Tô Tạ Hà Đoàn Trịnh Lương Tăng "
        "Lưu Diệp Quách Thạch Sơn Danh Kim Châu Triệu Đào Văn Thái Từ Chung "
        "Tống Kiều La Vương Nghiêm Phùng Khưu Liêu Trang Ông Mạch Kiên Lục Tiêu "
        "Hứa Âu Ngụy "
    ).split()
)
_WORD = re.compile(r"[^\W\d_]+")
_MOST_GIVEN = 4
# The two below look at text without tone marks, so that both ways of typing are one.
_PERSON_BEFORE = re.compile(
    r"(?:^|[\s,.(:])(?:ong|ba|anh|chi|co|chu|bac|di|cau|mo|thim|chau|em|con|vo|chong|cha|me|ma|"
    r"tia|ngoai|noi|ten|ho ten|ho va ten|la|gap|mang ten|dung ten|cua|cho)"
    r"(?:\s+(?:toi|la|:))*[\s:]*$"
)
#: what bears a person's name in public, or a number that makes the name a street's
_THING_BEFORE = re.compile(
    r"(?:duong|hem|ngo|truong|thpt|thcs|tieu hoc|mam non|mau giao|dai hoc|cao dang|benh vien|"
    r"cong vien|quang truong|nha tho|phuong|xa|ap|khom|huyen|thi xa|thi tran|thanh pho|tinh|"
    r"ben xe|tuong dai|giai thuong|nha van hoa|kenh|rach|"
    r"(?:so )?\d+\S*)[\s:]*$"
)
#: things whose bare letters mean something else ("cho", "den", "cau"): told by their marks
_MARKED_THING_BEFORE = re.compile(r"(?:chợ|cầu|chùa|đền|phố|quận|quỹ)[\s:]*$", re.IGNORECASE)
_INTRODUCED = re.compile(
    r"(?:(?:tôi|toi|em|con|cháu|chau|mình|minh|tui)\s+(?:tên|ten)(?:\s+(?:là|la))?"
    r"|(?:họ và tên|ho va ten|họ tên|ho ten)(?:\s+(?:là|la))?)\s*:?\s*"
    r"((?:[^\W\d_]+\s+){1,3}[^\W\d_]+?)(?=\s*(?:[,.;\n\d(]|$|\s(?:sinh|sn|ở|o|ngụ|ngu|ấp|ap|số|so|"
    r"sđt|sdt|cccd|cmnd|hiện|hien|muốn|muon|xin|hỏi|hoi|ở|quê|que|năm|nam|thường|thuong)\b))",
    re.IGNORECASE,
)


def full_names(text: str) -> Iterator[Mask]:
    """Names said to be a person's, or of three syllables and more that nothing public bears."""
    for match in _INTRODUCED.finditer(text):
        yield Mask(match.start(1), match.end(1), MaskKind.NAME, "introduced name")
    for words in _capitalised_runs(text):
        start, end = words[0].start(), words[-1].end()
        before = text[max(0, start - 40) : start]
        folded = fold(before)
        if _THING_BEFORE.search(folded) or _MARKED_THING_BEFORE.search(before):
            continue
        if len(words) >= 3 or _PERSON_BEFORE.search(folded):
            yield Mask(start, end, MaskKind.NAME, "full name")


def _capitalised_runs(text: str) -> Iterator[list[re.Match[str]]]:
    """Yield runs of a family name and one to four capitalised words, apart by one space."""
    words = list(_WORD.finditer(text))
    taken = 0
    for number, word in enumerate(words):
        if number < taken or word[0].title() not in _FAMILY or not word[0][0].isupper():
            continue
        run = [word]
        for following in words[number + 1 : number + 1 + _MOST_GIVEN]:
            gap = text[run[-1].end() : following.start()]
            if gap != " " or not following[0][0].isupper():
                break
            run.append(following)
        if len(run) > 1:
            taken = number + len(run)
            yield run
