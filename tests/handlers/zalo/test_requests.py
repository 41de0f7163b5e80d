"""Messages of ours, as the exact requests that say them."""

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Button, Outgoing
from bot.wording import Wording
from handlers.splitting import split, units
from handlers.zalo.requests import LONGEST, bodies
from tests.handlers.zalo.samples import USER, choices, load, request_files

WORDING = Wording.load()
HIDDEN = Button("Rõ rồi", "#x:helped")
SHOWN = Button("Lịch tiếp dân", "lịch tiếp dân")
LINK = Button("Nộp trên mạng", url="https://dichvucong.gov.vn/")
CALL = Button("Gọi 0292 3 820 000", phone="0292 3 820 000")


def request(text: str, *buttons: dict[str, Any], **more: str) -> dict[str, Any]:
    message: dict[str, Any] = {"text": text, **more}
    if buttons:
        message["attachment"] = {"type": "template", "payload": {"buttons": list(buttons)}}
    return {"recipient": {"user_id": USER}, "message": message}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        pytest.param(Outgoing("Dạ."), request("Dạ."), id="text"),
        pytest.param(
            Outgoing(unicodedata.normalize("NFD", "Dạ, đúng ạ.")), request("Dạ, đúng ạ."), id="NFC"
        ),
        pytest.param(
            Outgoing("Dạ.", quotes="m1"), request("Dạ.", quote_message_id="m1"), id="quote"
        ),
        pytest.param(
            Outgoing("Dạ?", (HIDDEN,)),
            request(
                "Dạ?", {"title": "Rõ rồi", "type": "oa.query.hide", "payload": "#x:helped"}
            ),
            id="a payload of ours goes hidden",
        ),
        pytest.param(
            Outgoing("Dạ?", (SHOWN,)),
            request(
                "Dạ?", {"title": SHOWN.label, "type": "oa.query.show", "payload": "lịch tiếp dân"}
            ),
            id="words a citizen would say are shown",
        ),
        pytest.param(
            Outgoing("Dạ?", (LINK,)),
            request(
                "Dạ?", {"title": LINK.label, "type": "oa.open.url", "payload": {"url": LINK.url}}
            ),
            id="address",
        ),
        pytest.param(
            Outgoing("Dạ?", (CALL, Button("Gọi 113", phone="113"))),
            request(
                "Dạ?",
                {"title": CALL.label, "type": "oa.open.phone",
                 "payload": {"phone_code": "842923820000"}},
                {"title": "Gọi 113", "type": "oa.open.phone", "payload": {"phone_code": "113"}},
            ),
            id="telephone",
        ),
    ],
)  # fmt: skip
def test_a_message_becomes_one_request(message: Outgoing, expected: dict[str, Any]) -> None:
    assert bodies(USER, message) == [expected]


@pytest.mark.parametrize("path", request_files(), ids=lambda path: path.stem)
def test_each_message_becomes_the_requests_beside_it(path: Path) -> None:
    case = load(path)
    message = Outgoing.from_json(case["message"])
    assert bodies(case.get("address", USER), message) == case["requests"]


@pytest.mark.parametrize("message_id", ["welcome", "welcome.short", "welcome.back"])
def test_the_first_words_are_no_wall_of_text(message_id: str) -> None:
    text = WORDING(message_id, place="thành phố Cần Thơ")
    (body,) = bodies(USER, Outgoing(text, buttons=choices(4)))
    assert len(body["message"]["text"]) <= 400
    assert len(body["message"]["attachment"]["payload"]["buttons"]) == 4


def test_buttons_beyond_five_are_read_instead_of_pressed() -> None:
    (body,) = bodies(USER, Outgoing("Chọn:", (*choices(5), LINK, CALL)))
    shown = [b["title"] for b in body["message"]["attachment"]["payload"]["buttons"]]
    assert shown == [f"Chọn {n}" for n in range(1, 6)]
    assert body["message"]["text"] == (
        "Chọn:\n- Nộp trên mạng: https://dichvucong.gov.vn/\n- Gọi 0292 3 820 000"
    )


def test_a_sixth_choice_can_still_be_typed() -> None:
    (body,) = bodies(USER, Outgoing("Chọn:", choices(6)))
    assert body["message"]["text"] == "Chọn:\n- Chọn 6"


def test_a_long_title_is_shortened() -> None:
    (body,) = bodies(USER, Outgoing("Dạ?", (Button("a" * 300, "#x:none"),)))
    assert len(body["message"]["attachment"]["payload"]["buttons"][0]["title"]) == 100


def test_buttons_end_the_last_part_and_the_quote_leads_the_first() -> None:
    paragraph = "Dạ, đây là một đoạn dài. " * 60
    first, *_, last = bodies(USER, Outgoing(f"{paragraph}\n\n{paragraph}", (HIDDEN,), quotes="m1"))
    assert "quote_message_id" in first["message"]
    assert "attachment" not in first["message"]
    assert "attachment" in last["message"]
    assert "quote_message_id" not in last["message"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("a" * 900 + "\n\n" + "b" * 1100, ["a" * 900, "b" * 1100], id="paragraph"),
        pytest.param("a" * 1200 + ". " + "b" * 800, ["a" * 1200 + ".", "b" * 800], id="sentence"),
        pytest.param("a" * 1899 + " b", ["a" * 1899, "b"], id="word at the very end"),
        pytest.param("a" * 1900, ["a" * 1900], id="just fits"),
        pytest.param("a" * 1901, ["a" * 1900, "a"], id="one too many"),
        pytest.param("😀" * 951, ["😀" * 950, "😀"], id="emoji count twice"),
        pytest.param("e\u0323\u0302" * 1900, ["ệ" * 1900], id="decomposed accents count once"),
        pytest.param(
            "xem " * 300 + "https://dichvucong.gov.vn/" + "x" * 800,
            [("xem " * 300).rstrip(), "https://dichvucong.gov.vn/" + "x" * 800],
            id="a long link stays whole",
        ),
    ],
)
def test_a_long_text_is_cut_where_a_reader_would_pause(text: str, parts: list[str]) -> None:
    assert split(text, LONGEST) == parts


@given(st.text(alphabet="aệ😀\u0301\u200d .\n", max_size=6000))
def test_no_part_is_too_long_or_empty_and_no_letter_is_lost(text: str) -> None:
    parts = split(text, LONGEST)
    whole = unicodedata.normalize("NFC", text)
    assert all(0 < units(part) <= LONGEST for part in parts)
    assert "".join("".join(parts).split()) == "".join(whole.split())


_LINK = "https://dichvucong.gov.vn/p/home/" + "x" * 60


@given(
    st.lists(
        st.sampled_from(["Dạ, xin ông/bà xem.", "e\u0323\u0302", "👨‍👩‍👧", "🇻🇳", _LINK, "\n\n"])
    ),
    st.integers(1850, 2050),
)
def test_around_the_limit_nothing_seen_as_one_character_is_cut(
    pieces: list[str], fill: int
) -> None:
    text = "a" * (fill - 200) + " " + " ".join(pieces * 4)
    parts = split(text, LONGEST)
    assert all(units(part) <= LONGEST for part in parts)
    assert sum(part.count("👨‍👩‍👧") for part in parts) == text.count("👨‍👩‍👧")
    assert sum(part.count("🇻🇳") for part in parts) == text.count("🇻🇳")
    assert sum(part.count(_LINK) for part in parts) == text.count(_LINK)


@given(st.integers(1890, 2010), st.sampled_from(["a", "ệ", "😀"]))
def test_every_length_around_the_limit_fits_zalos_own_count(length: int, letter: str) -> None:
    for part in split(letter * length, LONGEST):
        assert len(part) <= 2000
        assert units(part) <= 2000
