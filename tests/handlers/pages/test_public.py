"""Pages of public knowledge, and what every page has in common."""

import re
from pathlib import Path

import pytest

from bot.segments.months import Month
from handlers.pages.procedures import shown_facts
from knowledge.entries import Facet
from tests.bot.conversation.library import BIRTH
from tests.handlers.site_world import WORDING, Client, SiteWorld, site, visiting

PAGES = (
    "/", "/nhung", "/hoi", "/tra-cuu", "/thu-tuc", "/thu-tuc?q=khai+sinh", "/thu-tuc/1.001193",
    "/duong-day-nong", "/hoi-dap", "/chuyen-muc", "/vi-sao",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_reads_well_without_a_script(visitor: Client, path: str) -> None:
    response = await visitor.get(path)
    page = await response.text()
    assert response.status == 200
    assert page.count("<h1") == 1
    assert '<html lang="vi">' in page
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=|javascript:", page)


@pytest.mark.parametrize("path", PAGES)
async def test_only_the_embedded_chat_may_be_framed(visitor: Client, path: str) -> None:
    policy = (await visitor.get(path)).headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert policy.endswith("frame-ancestors 'none'")


async def test_sites_named_in_the_settings_may_frame_the_chat(
    database_url: str, tmp_path: Path
) -> None:
    origin = "https://cantho.gov.vn"
    async with (
        site(database_url, tmp_path, embed_origins=origin) as world,
        visiting(world) as client,
    ):
        framed, closed = await client.get("/nhung"), await client.get("/")
    assert framed.headers["Content-Security-Policy"].endswith(f"frame-ancestors {origin}")
    assert "X-Frame-Options" not in framed.headers
    assert closed.headers["X-Frame-Options"] == "DENY"


async def test_a_page_that_does_not_exist_says_so_in_words(visitor: Client) -> None:
    response = await visitor.get("/khong-co")
    assert response.status == 404
    assert WORDING("error.404") in await response.text()
    assert (await visitor.get("/thu-tuc/9.999999")).status == 404
    assert (await visitor.get("/hoi-dap/1-khong-co")).status == 404


async def test_a_procedure_shows_each_fact_with_source_and_date(visitor: Client) -> None:
    page = await (await visitor.get("/thu-tuc/1.001193")).text()
    assert "giấy chứng sinh" in page
    assert "Cổng Dịch vụ công quốc gia, kiểm tra ngày 01/11/2026" in page
    assert "Tên của ct-xa" in page


def test_a_fact_nobody_vouches_for_is_not_shown() -> None:
    shown = {fact.facet: fact.text for fact in shown_facts(BIRTH)}
    assert not BIRTH.facts[Facet.FEE].sound
    assert shown[Facet.FEE] == ""
    assert list(shown)[:4] == [Facet.DOCUMENTS, Facet.PLACE, Facet.TIME, Facet.FEE]


async def test_the_unsound_fee_names_the_counter(visitor: Client) -> None:
    page = await (await visitor.get("/thu-tuc/1.001193")).text()
    assert WORDING("procedure.unsure") in page
    assert "8.000" not in page


async def test_search_finds_procedures(visitor: Client) -> None:
    page = await (await visitor.get("/thu-tuc", params={"q": "khai sinh"})).text()
    assert 'href="/thu-tuc/1.001193"' in page
    nothing = await (await visitor.get("/thu-tuc", params={"q": "<script>"})).text()
    assert "&lt;script&gt;" in nothing


async def test_a_line_without_a_number_is_being_updated(visitor: Client) -> None:
    page = await (await visitor.get("/duong-day-nong")).text()
    assert 'href="tel:113"' in page
    assert re.search(r"đang cập nhật</span>\s*<span><strong>Bảo hiểm xã hội Cần Thơ", page)


async def test_a_trial_question_is_explained_and_not_kept(
    citizens: SiteWorld, visitor: Client
) -> None:
    page = await (await visitor.post("/vi-sao", data={"text": "làm khai sinh"})).text()
    assert WORDING("why.decision.answer") in page
    assert (await visitor.get("/vi-sao?text=khai+sinh")).status == 200
    await citizens.store.close()
    assert (await visitor.post("/vi-sao", data={"text": "làm khai sinh"})).status == 200


async def test_the_home_page_names_the_air_date_of_the_month(
    citizens: SiteWorld, visitor: Client
) -> None:
    assert str(Month.of(citizens.now.date())) == "2026-11"
    assert "28/11/2026" in await (await visitor.get("/")).text()
