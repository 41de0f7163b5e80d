"""Letters as fonts of before Unicode wrote them: TCVN3 (ABC) and VNI, as one table each.

Both put Vietnamese letters where Western encodings have others, so that a file of theirs reads
"Thñ tôc" or "Thuû tuïc". Capitals of TCVN3 beyond the seven of the alphabet have no place of
their own: fonts with "H" at their end drew capitals in the place of small letters.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

#: one byte a letter, written here as Latin-1 shows it
TCVN3: Mapping[str, str] = MappingProxyType(
    dict(
        zip(
            "¡¢£¤¥¦§¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",  # noqa: RUF001
            "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
            strict=True,
        )
    )
)

_TCVN3_LETTERS = {ord(written): letter for written, letter in TCVN3.items()}

_PLAIN = "ùøûõï"  # á à ả ã ạ
_HAT = "âáàåãä"  # â ấ ầ ẩ ẫ ậ
_BREVE = "êéèúüë"  # ă ắ ằ ẳ ẵ ặ
_MARKED = {
    "a": ((_PLAIN, "áàảãạ"), (_HAT, "âấầẩẫậ"), (_BREVE, "ăắằẳẵặ")),
    "e": ((_PLAIN, "éèẻẽẹ"), (_HAT, "êếềểễệ")),
    "o": ((_PLAIN, "óòỏõọ"), (_HAT, "ôốồổỗộ")),
    "ô": ((_PLAIN, "ớờởỡợ"),),
    "u": ((_PLAIN, "úùủũụ"),),
    "ö": ((_PLAIN, "ứừửữự"),),
    "y": ((_PLAIN[:4], "ýỳỷỹ"),),
}
_ALONE = {"ô": "ơ", "ö": "ư", "î": "ỵ", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị"}


def _vni() -> dict[str, str]:
    small = dict(_ALONE)
    for base, rows in _MARKED.items():
        for marks, letters in rows:
            small |= {base + m: letter for m, letter in zip(marks, letters, strict=True)}
    table = dict(small)
    for written, letter in small.items():
        table[written.upper()] = letter.upper()
        table[written[0].upper() + written[1:]] = letter.upper()
    return table


#: a letter and a mark behind it
VNI: Mapping[str, str] = MappingProxyType(_vni())
_VNI_WRITTEN = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))


def from_tcvn3(text: str) -> str:
    """Return Unicode for a text in TCVN3 that was read as Latin-1.

    >>> from_tcvn3("Thñ tôc ®¨ng ký")
    'Thủ tục đăng ký'
    """
    return text.translate(_TCVN3_LETTERS)


def from_vni(text: str) -> str:
    """Return Unicode for a text in VNI that was read as Latin-1.

    >>> from_vni("Thuû tuïc ñaêng kyù")
    'Thủ tục đăng ký'
    """
    return _VNI_WRITTEN.sub(lambda found: VNI[found.group()], text)
