"""Where a question stands: for the code a little, for the key everything."""

from datetime import timedelta

import pytest

from bot.questions.codes import spoken_groups
from tests.handlers.site_world import Client, SiteWorld

TEXT = "Nhà tôi ở gần chợ, làm thẻ bảo hiểm ở đâu?"


async def test_a_code_tells_state_agency_and_dates_but_no_word(
    citizens: SiteWorld, visitor: Client
) -> None:
    asked = await citizens.ask(TEXT)
    response = await visitor.get(f"/tra-cuu/{asked.code}")
    page = await response.text()
    assert response.status == 200
    assert all(part in page for part in ("Sở Y tế", "đang chờ cán bộ nhận", "16/11/2026"))
    assert "gần chợ" not in page


async def test_the_key_opens_the_words(citizens: SiteWorld, visitor: Client) -> None:
    asked = await citizens.ask(TEXT)
    assert "gần chợ" in await (await visitor.get(f"/tra-cuu/{asked.code}?k={asked.key}")).text()
    wrong = await visitor.get(f"/tra-cuu/{asked.code}?k={'x' * 40}")
    assert (wrong.status, "gần chợ" in await wrong.text()) == (200, False)


async def test_the_key_of_one_question_opens_no_other(citizens: SiteWorld, visitor: Client) -> None:
    one, other = await citizens.ask("một hai ba"), await citizens.ask(TEXT)
    assert "gần chợ" not in await (await visitor.get(f"/tra-cuu/{other.code}?k={one.key}")).text()


async def test_nobody_keeps_or_lists_or_passes_on_the_page(
    citizens: SiteWorld, visitor: Client
) -> None:
    asked = await citizens.ask()
    headers = (await visitor.get(f"/tra-cuu/{asked.code}?k={asked.key}")).headers
    assert headers["Cache-Control"] == "no-store"
    assert "noindex" in headers["X-Robots-Tag"]
    assert headers["Referrer-Policy"] == "no-referrer"


async def test_unknown_and_malformed_codes_look_alike(citizens: SiteWorld, visitor: Client) -> None:
    asked = await citizens.ask()
    unknown = asked.code[:-1] + ("A" if asked.code[-1] != "A" else "C")
    pages = set()
    for code in (unknown, "AAAAAAA", "x", "%00", "%ED%A0%80", "4" * 3000):
        response = await visitor.get(f"/tra-cuu/{code}")
        pages.add((response.status, await response.text()))
    assert {status for status, _ in pages} == {404}
    assert len(pages) == 1


async def test_codes_are_read_as_people_type_them(citizens: SiteWorld, visitor: Client) -> None:
    asked = await citizens.ask()
    typed = spoken_groups(asked.code).lower()
    response = await visitor.post("/tra-cuu", data={"code": f" {typed} "})
    assert (response.status, response.url.path) == (200, f"/tra-cuu/{asked.code}")


@pytest.mark.parametrize("typed", ["", "đ/<>", "//evil.example", "\u0000"])
async def test_whatever_is_typed_leads_nowhere_else(visitor: Client, typed: str) -> None:
    response = await visitor.post("/tra-cuu", data={"code": typed}, allow_redirects=False)
    assert response.status == 303
    assert response.headers["Location"].startswith("/tra-cuu")


async def test_who_tries_many_codes_has_to_wait(visitor: Client) -> None:
    answers = [(await visitor.get(f"/tra-cuu/MA{n}")).status for n in range(40)]
    assert (answers[0], answers[-1]) == (404, 429)


async def test_a_late_answer_is_called_late(citizens: SiteWorld, visitor: Client) -> None:
    asked = await citizens.ask()
    citizens.pass_time(timedelta(days=60))
    assert "Đã quá hạn" in await (await visitor.get(f"/tra-cuu/{asked.code}")).text()
