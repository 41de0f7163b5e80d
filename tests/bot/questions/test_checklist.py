"""What an officer is advised to look at before an answer leaves."""

import pytest

from bot.questions.checklist import check_answer


def failed(text: str, basis: str = "Luật Hộ tịch") -> list[str]:
    return [check.name for check in check_answer(text, basis) if not check.passed]


@pytest.mark.parametrize(
    ("text", "basis", "names"),
    [
        pytest.param("Ông/bà đến UBND xã.", "Luật Hộ tịch", [], id="nothing to remark"),
        pytest.param("Ông/bà đến UBND xã.", " ", ["basis"], id="no basis"),
        pytest.param("Bạn đến UBND xã.", "Luật", ["address"], id="wrong form of address"),
        pytest.param("Mang sổ hộ khẩu.", "Luật", ["abolished"], id="a paper that ended"),
        pytest.param("Gọi 0912 345 678.", "Luật", ["privacy"], id="a citizen's telephone"),
        pytest.param("a " * 900, "Luật", ["length"], id="too long"),
    ],
)
def test_each_remark_names_its_reason(text: str, basis: str, names: list[str]) -> None:
    assert failed(text, basis) == names
