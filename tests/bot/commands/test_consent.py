"""The address that Zalo sends an administrator's browser to."""

import pytest

from bot.commands.consent import code_of


def test_the_code_is_taken_from_the_address() -> None:
    assert code_of(" https://hoidap.example/?code=abc&oa_id=1&state=s \n", "s") == "abc"


def test_zalo_may_leave_the_state_out() -> None:
    assert code_of("https://hoidap.example/?code=abc", "s") == "abc"


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("https://hoidap.example/?code=abc&state=other", id="another request"),
        pytest.param("https://hoidap.example/?error=denied", id="no consent"),
        pytest.param("", id="nothing"),
    ],
)
def test_any_other_address_is_refused_in_words(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        code_of(address, "s")
    assert capsys.readouterr().err
