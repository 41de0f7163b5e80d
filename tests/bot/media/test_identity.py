"""A picture of an identity paper is noticed by the code it carries, and by nothing else."""

import pytest

from bot.media.content import IdentityPaper, examine, examine_any
from tests.bot.media.pictures import PERSON, photo, with_code


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(with_code(PERSON), id="straight"),
        pytest.param(with_code(PERSON, turned=17), id="held at a slant"),
        pytest.param(with_code(PERSON, turned=180), id="upside down"),
        pytest.param(with_code(PERSON, side=180, quality=45), id="small and squeezed by a chat"),
    ],
)
def test_a_card_with_its_code_is_not_kept(picture: bytes) -> None:
    for look in (examine, examine_any):
        with pytest.raises(IdentityPaper):
            look(picture)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("https://dichvucong.gov.vn/tra-cuu?ma=H21", id="a link on a receipt"),
        pytest.param("00020101021138570010A00000072701270006970436", id="a code to pay by"),
        pytest.param("0123456789", id="a number"),
    ],
)
def test_other_codes_are_no_identity_papers(text: str) -> None:
    assert examine(with_code(text)).media_type == "image/jpeg"


def test_a_photo_without_a_code_is_kept() -> None:
    assert examine(photo()).media_type == "image/jpeg"
