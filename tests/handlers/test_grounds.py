"""The grounds of a decision are told in words that people read."""

import pytest

from bot.wording import Wording
from handlers.grounds import readable

WORDING = Wording.load()
NAMES = {"ct-xa": "UBND xã"}


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        pytest.param("phản ánh, chủ đề: ct-xa", "phản ánh, chủ đề: UBND xã", id="agency"),
        pytest.param("chủ đề: ct-cu", "chủ đề: ct-cu", id="agency that is no more"),
        pytest.param("nhận diện: own_file; x", "nhận diện: hỏi hồ sơ đã nộp; x", id="kind"),
        pytest.param("nhận diện: later", "nhận diện: later", id="kind of another version"),
    ],
)
def test_codes_and_kinds_are_named(reason: str, told: str) -> None:
    assert readable(WORDING, lambda code: NAMES.get(code, ""), reason) == told
