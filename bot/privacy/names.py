"""Full names of citizens: a family name of this country and one to four given syllables."""

import re
from collections.abc import Iterator

from bot.privacy.masks import Mask, MaskKind

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
_PERSON_BEFORE = re.compile(
    r"(?:^|[\s,.(:])(?:ông|bà|anh|chị|cô|chú|bác|dì|cậu|mợ|thím|cháu|em|con|vợ|chồng|cha|mẹ|má|ba|"
    r"tía|ngoại|nội|tên|họ tên|họ và tên|là|gặp|mang tên|đứng tên|của|cho)"
    r"(?:\s+(?:tôi|là|:))*[\s:]*$",
    re.IGNORECASE,
)
#: what bears a person's name in public, or a title that makes the person an office
_THING_BEFORE = re.compile(
    r"(?:đường|phố|hẻm|ngõ|trường|thpt|thcs|tiểu học|mầm non|mẫu giáo|đại học|bệnh viện|công viên|"
    r"cầu|chợ|quảng trường|nhà thờ|chùa|đền|phường|xã|ấp|khóm|quận|huyện|thị xã|thành phố|tỉnh|"
    r"bến xe|tượng đài|giải thưởng|quỹ|nhà văn hóa|nhà văn hoá|số \d+\S*|\d+\S*)[\s:]*$",
    re.IGNORECASE,
)
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
        if _THING_BEFORE.search(before):
            continue
        if len(words) >= 3 or _PERSON_BEFORE.search(before):
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
