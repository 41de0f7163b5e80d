"""How officials write, and how a host reads it aloud."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.speech import seconds_of, speak

READ = {
    "a hotline": ("Gọi 113 ngay.", "Gọi một một ba ngay."),
    "hotlines in a row": ("113, 114, 115", "một một ba, một một bốn, một một năm"),
    "the city's line": ("tổng đài 1022", "tổng đài một không hai hai"),
    "a service line": ("1800 1096", "một tám không không một không chín sáu"),
    "a service line without spaces": ("18001096", "một tám không không một không chín sáu"),
    "as many files as a hotline": ("113 hồ sơ", "một trăm mười ba hồ sơ"),
    "more than a hotline": ("hơn 115 điểm trường", "hơn một trăm mười lăm điểm trường"),
    "a telephone": ("0292.3820.536", "không hai chín hai ba tám hai không năm ba sáu"),
    "a mobile from abroad": (
        "+84 912 345 678",
        "cộng tám bốn chín một hai ba bốn năm sáu bảy tám",
    ),
    "a decision": (
        "31/2021/QĐ-TTg",
        "Quyết định số ba mươi mốt năm hai nghìn không trăm hai mươi mốt của Thủ tướng Chính phủ",
    ),
    "a decree by name": (
        "theo Nghị định số 123/2015/NĐ-CP",
        "theo Nghị định số một trăm hai mươi ba năm hai nghìn không trăm mười lăm của Chính phủ",
    ),
    "an issuer named anyway": (
        "Quyết định 7/QĐ-UBND của UBND thành phố",
        "Quyết định số bảy của Ủy ban nhân dân thành phố",
    ),
    "a law": (
        "Luật số 25/2008/QH12",
        "Luật số hai mươi lăm năm hai nghìn không trăm linh tám của Quốc hội khóa mười hai",
    ),
    "a resolution of the Party": ("57-NQ/TW", "Nghị quyết số năm mươi bảy của Trung ương"),
    "a procedure": ("1.001193", "một chấm không không một một chín ba"),
    "a date": (
        "ngày 12/11/2026",
        "ngày mười hai tháng mười một năm hai nghìn không trăm hai mươi sáu",
    ),
    "a date without its word": (
        "hạn là 2026-04-05",
        "hạn là ngày năm tháng tư năm hai nghìn không trăm hai mươi sáu",
    ),
    "days of a month": (
        "từ ngày 01-05/11/2026",
        "từ ngày một đến ngày năm tháng mười một năm hai nghìn không trăm hai mươi sáu",
    ),
    "holidays": ("lễ 30/4 và 1/5", "lễ ngày ba mươi tháng tư và một tháng năm"),
    "a quarter": ("quý III/2026", "quý ba năm hai nghìn không trăm hai mươi sáu"),
    "a weekday": ("thứ 4", "thứ tư"),
    "an opening time": ("7h30-11h", "bảy giờ ba mươi đến mười một giờ"),
    "a time with a colon": ("13:00", "mười ba giờ"),
    "money": ("50.000 đồng", "năm mươi nghìn đồng"),
    "money in short": ("1,5tr", "một phẩy năm triệu"),
    "money for a month": ("500.000đ/tháng", "năm trăm nghìn đồng mỗi tháng"),
    "money from to": ("1.000.000 - 2.000.000 đ", "một triệu đến hai triệu đồng"),
    "a share": ("0,5%", "không phẩy năm phần trăm"),
    "a fraction": ("2/3 số hộ", "hai phần ba số hộ"),
    "an area": ("1.200 m²", "một nghìn hai trăm mét vuông"),
    "working days": ("03–05 ngày làm việc", "ba đến năm ngày làm việc"),
    "lăm, mốt, tư": ("15, 21, 24, 25", "mười lăm, hai mươi mốt, hai mươi tư, hai mươi lăm"),
    "linh": ("104 và 1.005.000", "một trăm linh bốn và một triệu không trăm linh năm nghìn"),
    "billions": ("2.500.000.000", "hai tỷ năm trăm triệu"),
    "a number on a card": ("079204", "không bảy chín hai không bốn"),
    "a clause in Roman": ("Chương IV, khoản 2 Điều 15", "Chương bốn, khoản hai Điều mười lăm"),
    "agencies": ("UBND, HĐND TP. Cần Thơ", "Ủy ban nhân dân, Hội đồng nhân dân thành phố Cần Thơ"),
    "insurance": ("thẻ BHYT", "thẻ bảo hiểm y tế"),
    "a ward by number": ("P.5, Q. Ninh Kiều", "phường năm, quận Ninh Kiều"),
    "a house in an alley": ("số 12/5 đường Mẫu", "số mười hai trên năm đường Mẫu"),
    "the portal": ("https://dichvucong.gov.vn/", "dichvucong chấm gov chấm vn"),
    "a page of the portal": (
        "xem dichvucong.gov.vn/thu-tuc/019d2bfe-a802",
        "xem dichvucong chấm gov chấm vn",
    ),
    "a number told twice": ("02 (hai) bản", "hai bản"),
    "a minister's circular": (
        "Thông tư 8/2025/TT-BTP ngày 12/6 của Bộ trưởng Bộ Tư pháp",
        "Thông tư số tám năm hai nghìn không trăm hai mươi lăm ngày mười hai tháng sáu"
        " của Bộ trưởng Bộ Tư pháp",
    ),
    "a mark with a stray space": (
        "39/2026/NĐ -CP",
        "Nghị định số ba mươi chín năm hai nghìn không trăm hai mươi sáu của Chính phủ",
    ),
    "figures of another script": ("៣ ngày", "ba ngày"),
    "a half": ("½ ngày", "một phần hai ngày"),
}


@pytest.mark.parametrize(("written", "read"), READ.values(), ids=READ.keys())
def test_it_is_read_as_a_host_would(written: str, read: str) -> None:
    assert speak(written).text == read


@pytest.mark.parametrize(
    "text",
    [
        "Kính thưa ông/bà, hồ sơ nộp tại xã, phường nơi cư trú.",
        "  Hai dấu cách  và\nxuống dòng – vẫn y nguyên…",
        "Ông Lê Văn Mẫu (Phó Chủ tịch) trả lời: “Chưa có.”",
        "",
    ],
)
def test_what_needs_no_reading_comes_back_word_for_word(text: str) -> None:
    assert speak(text).text == text


pieces = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.from_regex(r"[0-9.,/:%hđk -]{1,12}"),
        st.sampled_from([written for written, _ in READ.values()]),
    ),
    max_size=6,
).map("".join)


@given(pieces)
def test_no_figure_remains_whatever_was_written(text: str) -> None:
    assert not any(character.isdigit() for character in speak(text).text)


@given(pieces)
def test_reading_what_was_read_changes_nothing(text: str) -> None:
    once = speak(text)
    assert speak(once.text) == once


@given(st.integers(0, 10**15 - 1))
def test_every_number_has_its_own_words(number: int) -> None:
    assert (
        speak(f"{number:,}".replace(",", ".")).text
        != speak(f"{number + 1:,}".replace(",", ".")).text
    )


def test_a_longer_text_takes_longer() -> None:
    assert seconds_of("") == 0
    assert seconds_of("một hai ba") < seconds_of("một hai ba. Bốn năm sáu bảy.")


def test_addresses_without_a_gap_are_read_in_a_few_rounds() -> None:
    """Were there a round for each of them, this would take minutes."""
    assert "https" in speak("https://a.vn/" * 1000).text
