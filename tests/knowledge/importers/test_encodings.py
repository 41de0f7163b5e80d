"""Letters of every encoding that provinces still keep files in."""

import unicodedata

import pytest

from knowledge.importers.encodings import TCVN3, UNICODE, VNI, WINDOWS, decoded, font_of
from knowledge.importers.legacy import TCVN3 as TCVN3_TABLE
from knowledge.importers.legacy import VNI as VNI_TABLE
from knowledge.importers.legacy import from_tcvn3, from_vni
from knowledge.importers.procedures import read
from knowledge.importers.syllables import is_syllable, share
from tests.knowledge.importers.offices import BIRTH, HEADING, TITLES, csv_text, excel

SMALL = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
TEXT = "Thủ tục đăng ký khai sinh cho trẻ em bị bỏ rơi, lệ phí: miễn phí, nộp ở cấp xã"
TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")


def in_tcvn3(text: str) -> str:
    written = {letter: byte for byte, letter in TCVN3_TABLE.items()}
    return "".join(written.get(c, written.get(c.lower(), c)) for c in text)


def in_vni(text: str) -> str:
    written = {letter: pair for pair, letter in [*VNI_TABLE.items()][::-1]}
    return "".join(written.get(c, c) for c in text)


def in_windows(text: str) -> bytes:
    """As Windows-1258 writes: the vowel as one letter, its tone behind it."""
    letters = []
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in TONES))
        letters.append(base + "".join(c for c in parts if c in TONES))
    return "".join(letters).encode("cp1258")


def test_every_small_letter_survives_tcvn3() -> None:
    assert from_tcvn3(in_tcvn3(SMALL)) == SMALL


@pytest.mark.parametrize("letters", [SMALL, SMALL.upper()], ids=["small", "capital"])
def test_every_letter_survives_vni(letters: str) -> None:
    assert [from_vni(in_vni(letter)) for letter in letters] == list(letters)


def test_the_seven_capitals_of_tcvn3_survive() -> None:
    assert from_tcvn3(in_tcvn3("ĂÂÊÔƠƯĐ")) == "ĂÂÊÔƠƯĐ"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        pytest.param(TEXT.encode(), UNICODE, id="UTF-8"),
        pytest.param(TEXT.encode("utf-8-sig"), UNICODE, id="UTF-8 with its mark"),
        pytest.param(TEXT.encode("utf-16"), UNICODE, id="UTF-16"),
        pytest.param(TEXT.encode("utf-16-be"), UNICODE, id="UTF-16 without its mark"),
        pytest.param(unicodedata.normalize("NFD", TEXT).encode(), UNICODE, id="decomposed"),
        pytest.param(in_tcvn3(TEXT).encode("latin-1"), TCVN3, id="TCVN3"),
        pytest.param(in_tcvn3(TEXT).encode(), TCVN3, id="TCVN3 saved as UTF-8"),
        pytest.param(in_vni(TEXT).encode("latin-1"), VNI, id="VNI"),
        pytest.param(in_windows(TEXT), WINDOWS, id="Windows-1258"),
    ],
)
def test_the_encoding_is_found_and_the_text_is_the_same(data: bytes, encoding: str) -> None:
    text, found = decoded(data)
    assert found == encoding
    assert unicodedata.normalize("NFC", text).lower() == TEXT.lower()


@pytest.mark.parametrize(
    "text",
    ["Café de la Résidence", "Dvořák, Škoda, Łódź", "abc 123", "ô", "Hộ tịch", "Krông Pắk"],
)
def test_words_of_other_languages_are_left_alone(text: str) -> None:
    assert font_of([text]) == UNICODE


@pytest.mark.parametrize("write", [in_tcvn3, in_vni], ids=["TCVN3", "VNI"])
def test_a_workbook_in_an_old_font_is_read(write) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    lines = [[write(str(cell).lower()) for cell in line] for line in (*TITLES, HEADING, BIRTH)]
    old = list(read(excel((lines, [])), "a.xlsx"))
    plain = [[str(cell).lower() for cell in line] for line in (*TITLES, HEADING, BIRTH)]
    assert old == list(read(csv_text(plain).encode(), "a.csv"))


@pytest.mark.parametrize("word", ["nghiêng", "QUYỂN", "giếng", "khuỷu", "Đắk", "gì", "hoà", "hòa"])
def test_a_syllable_is_known(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["thñ", "tôc", "kyù", "ñaêng", "résumé", "quảáng", "ĐăNg"])
def test_what_is_no_syllable_is_known(word: str) -> None:
    assert not is_syllable(word)


def test_a_text_without_marks_is_no_evidence() -> None:
    assert share("khai sinh 123") == 1.0
