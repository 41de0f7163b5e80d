"""Which addresses citizens may be led to."""

import pytest

from bot.links import hosts_in, unlisted_in, without_unlisted


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        pytest.param(
            "Xem https://dichvucong.gov.vn/a?b=1.", ["dichvucong.gov.vn"], id="with scheme"
        ),
        pytest.param("vào www.cantho.gov.vn nhé", ["www.cantho.gov.vn"], id="without"),
        pytest.param("bấm bit.ly/3xY", ["bit.ly"], id="shortened"),
        pytest.param("https://dichvucong.gov.vn@evil.com/a", ["evil.com"], id="a login in front"),
        pytest.param("thư gửi motcua@cantho.gov.vn", [], id="a mail address"),
        pytest.param("Nghị định 154/2024/NĐ-CP, mục 1.2.3", [], id="a law and a number"),
        pytest.param("Nộp tại xã.Mang theo giấy", [], id="a full stop without a space"),
    ],
)
def test_addresses_are_found(text: str, hosts: list[str]) -> None:
    assert hosts_in(text) == hosts


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(r"https://evil.com\@gov.vn/", id="a browser reads a backslash as a slash"),
        pytest.param(r"https://evil.com\.gov.vn/", id="a backslash before a dot"),
        pytest.param("https://evil.com\u3002a\u200b.gov.vn", id="something invisible"),
        pytest.param("https://evil.com%2f.gov.vn/", id="an escaped slash"),
        pytest.param("evil.ru/nop-tien", id="an ending of another land"),
    ],
)
def test_what_browsers_read_otherwise_is_not_ours(address: str) -> None:
    assert unlisted_in(address) != []
    assert address not in without_unlisted(f"Xem {address} nhé.", "[…]")


def test_what_was_imported_leads_nowhere_else_either() -> None:
    text = "Nộp ở dichvucong.gov.vn hoặc bit.ly/abc."
    assert without_unlisted(text, "[…]") == "Nộp ở dichvucong.gov.vn hoặc […]"


@pytest.mark.parametrize(
    ("host", "listed"),
    [
        ("dichvucong.gov.vn", True),
        ("vanban.chinhphu.vn", True),
        ("danhoi.example", True),
        ("gov.vn.com", False),
        ("evilgov.vn", False),
        ("facebook.com", False),
    ],
)
def test_only_the_states_and_our_own_are_listed(host: str, *, listed: bool) -> None:
    assert (unlisted_in(f"https://{host}/x", ("danhoi.example",)) == []) is listed


@pytest.mark.parametrize("run", ["-", "1-", "a.", "w", "@", "x-."])
def test_a_text_of_any_length_is_read_once(run: str) -> None:
    """Were it read from each of its places anew, this would take minutes."""
    assert hosts_in(run * 100_000) == []
