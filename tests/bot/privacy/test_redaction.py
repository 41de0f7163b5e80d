"""What is masked, what stays, and what must hold for any text."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.privacy import MaskKind, redact

JUDGE = Path(__file__).parents[2] / "privacy" / "masks_judge.jsonl"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        pytest.param("gọi 0912 345 678 nha", "gọi [số điện thoại] nha", id="phone with spaces"),
        pytest.param("+84.912.345.678", "[số điện thoại]", id="phone with country code"),
        pytest.param("cccd 089095012345", "cccd [số giấy tờ]", id="personal number"),
        pytest.param("CMND 123456789", "CMND [số giấy tờ]", id="nine digits after the word"),
        pytest.param("mst 0312345678-001", "mst [mã số thuế]", id="tax code of a branch"),
        pytest.param("stk 0123456789012", "stk [số tài khoản]", id="bank account"),
        pytest.param("xe 83P1-123.45", "xe [biển số xe]", id="motorcycle plate"),
        pytest.param("a.b@example.com", "[thư điện tử]", id="e-mail"),
        pytest.param(
            "tôi tên Nguyễn Văn An, sinh ngày 05/03/1980",
            "tôi tên [họ tên], sinh ngày [ngày sinh]",
            id="name and birth date",
        ),
        pytest.param(
            "thửa 123, tờ bản đồ số 45",
            "thửa [số thửa, tờ bản đồ], tờ bản đồ số [số thửa, tờ bản đồ]",
            id="both plot numbers",
        ),
        pytest.param("nhà số 12/3 hẻm 45", "[địa chỉ]", id="house number and alley"),
    ],
)
def test_what_identifies_a_citizen_is_masked(text: str, masked: str) -> None:
    assert redact(text).text == masked


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("thủ tục 1.001193", id="procedure code"),
        pytest.param("Quyết định 31/2021/QĐ-TTg ngày 12/5/2021", id="document number"),
        pytest.param("lệ phí 1.500.000 đồng", id="money with dots"),
        pytest.param("nộp 200000 đồng trong 15 ngày", id="money without dots, duration"),
        pytest.param("hẹn 12/11/2026 lúc 8 giờ", id="appointment"),
        pytest.param("gọi 113, 114, 115, 111, 1022 hoặc 18001096", id="public lines"),
        pytest.param("UBND phường ở số 12 đường Trần Hưng Đạo", id="an office's street"),
        pytest.param("trường THPT Nguyễn Thị Minh Khai", id="a school named after a person"),
        pytest.param("https://dichvucong.gov.vn/thu-tuc", id="gov.vn link"),
        pytest.param("xã Trần Đề, Sóc Trăng", id="a place like a name"),
    ],
)
def test_what_is_public_stays(text: str) -> None:
    assert redact(text).text == text


@given(st.text())
def test_masks_lie_inside_the_text_in_order_and_apart(text: str) -> None:
    masks = redact(text).masks
    ends = [0, *(mask.end for mask in masks)]
    assert all(end <= mask.start < mask.end for end, mask in zip(ends, masks, strict=False))
    assert all(mask.end <= len(text) for mask in masks)


@pytest.mark.parametrize(
    "piece", ["a.", "a", "1", "1 ", "ab@", "Nguyễn ", "số 1 đường a ", "-", "0 "]
)
def test_a_long_monotonous_text_comes_to_an_end(piece: str) -> None:
    assert redact(piece * (60_000 // len(piece))).text


words = st.text(alphabet="abcđêô ,!?", max_size=40)
mobile = st.tuples(
    st.sampled_from(["03", "05", "07", "08", "09"]),
    st.from_regex(r"[0-9]{8}", fullmatch=True),
    st.sampled_from(["", " ", ".", "-"]),
).map(lambda parts: parts[2].join([parts[0] + parts[1][:2], parts[1][2:5], parts[1][5:]]))


@given(words, mobile, words)
def test_a_mobile_number_never_survives(before: str, number: str, after: str) -> None:
    assert not re.search(r"\d{4}", redact(f"{before} {number} {after}").text)


@given(st.text(alphabet="0123456789 .-+/abcđĐ", max_size=60))
def test_masking_twice_changes_nothing(text: str) -> None:
    once = redact(text).text
    assert redact(once).text == once


def judged() -> list[dict[str, Any]]:
    return [json.loads(line) for line in JUDGE.read_text(encoding="utf-8").splitlines()]


FORMATS = {"phone", "id_number", "tax_code", "bank_account", "plate", "email"}


def test_no_format_of_the_judged_set_is_missed() -> None:
    missed = [
        (row["id"], row["text"][mask["start"] : mask["end"]])
        for row in judged()
        for mask in row["masks"]
        if mask["kind"] in FORMATS
        and not any(
            found.start <= mask["start"] and mask["end"] <= found.end
            for found in redact(row["text"]).masks
        )
    ]
    assert missed == []


def test_every_kind_has_a_label_that_names_it() -> None:
    assert all(redact(text).masks[0].kind is kind for kind, text in _ONE_OF_EACH.items())


_ONE_OF_EACH = {
    MaskKind.PHONE: "0912345678",
    MaskKind.EMAIL: "a@b.vn",
    MaskKind.PLATE: "83A-12345",
    MaskKind.URL: "https://example.com/a",
    MaskKind.SOCIAL_ACCOUNT: "https://facebook.com/ai.do",
}
