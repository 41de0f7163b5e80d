"""The desk of knowledge as officers use it."""

import asyncio
import re
from collections.abc import AsyncIterator
from functools import partial

import pytest
from aiohttp import FormData
from sqlalchemy import Connection

from bot.catalogue import models
from bot.catalogue.acts import put_layer, set_state
from bot.catalogue.models import Report
from bot.catalogue.repository import public_entries, public_entry
from bot.learning.proposals import Origin, Phrasing, propose
from bot.officers import Role
from bot.store.sqlite import SqliteStore
from knowledge.entries import Facet
from knowledge.layers import Layer
from knowledge.model import Model, shipped
from tests.bot.learning.samples import BIRTH, DEATH, stock
from tests.bot.questions.samples import NOW
from tests.handlers.desk_world import Browser, DeskWorld, enter, furnish, visiting
from tests.knowledge.importers.offices import BIRTH as ROW
from tests.knowledge.importers.offices import HEADING, TITLES, excel

QUEUE = "/can-bo/kien-thuc"
FINDINGS = f"{QUEUE}/diem-can-xem"
FILES = f"{QUEUE}/nhap"
MODELS = f"{QUEUE}/mo-hinh"


@pytest.fixture
async def world(store: SqliteStore) -> DeskWorld:
    return await furnish(store)


@pytest.fixture
async def keeper(world: DeskWorld) -> AsyncIterator[Browser]:
    """Return the browser of a coordinator."""
    async with visiting(world) as browser:
        await enter(world, browser, await world.hire("binh", Role.COORDINATOR))
        yield browser


def first(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page
    return found[1]


async def proposed(world: DeskWorld, text: str = "giấy cho bé mới sanh") -> None:
    await world.do(stock)
    for asker in (1, 2):
        said = Phrasing(BIRTH, text, Origin.CONFIRMED, asker)
        await world.do(partial(propose, phrasing=said, now=NOW))


async def aliases(world: DeskWorld, code: str = "1.001193") -> tuple[str, ...]:
    page = await world.store.read(lambda c: _accepted(c, code))
    return tuple(page)


def _accepted(connection: Connection, code: str) -> list[str]:
    return [a for e in public_entries(connection) if e.code == code for a in e.aliases]


async def test_a_phrasing_is_edited_and_taken_up(world: DeskWorld, keeper: Browser) -> None:
    await proposed(world)
    page = await keeper.open(QUEUE)
    assert "2 người hỏi" in page
    form = {"phrasing": first(page, "phrasing"), "text": "Làm giấy cho bé mới sanh"}
    page = await keeper.send(f"{QUEUE}/cach-hoi", {**form, "decision": "accepted"})
    assert "Đã nhận cách hỏi này" in page
    assert await aliases(world) == ("làm giấy cho bé mới sanh",)


async def test_a_phrasing_that_says_nothing_is_not_taken(world: DeskWorld, keeper: Browser) -> None:
    await proposed(world)
    form = {"phrasing": first(await keeper.open(QUEUE), "phrasing"), "text": "x"}
    page = await keeper.send(f"{QUEUE}/cach-hoi", {**form, "decision": "accepted"}, 400)
    assert "Cách hỏi cần từ 2 đến 20 chữ" in page


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30, "٣"])
async def test_an_odd_number_of_a_phrasing_is_a_bad_request(keeper: Browser, number: str) -> None:
    await keeper.send(f"{QUEUE}/cach-hoi", {"phrasing": number, "decision": "accepted"}, 400)


async def test_a_fact_held_back_is_put_right(world: DeskWorld, keeper: Browser) -> None:
    await world.do(_district)
    page = await keeper.open(FINDINGS)
    assert "UBND cấp huyện" in page
    names = ("entry", "facet", "rule", "digest")
    form = {name: first(page, name) for name in names} | {"decision": "correct"}
    page = await keeper.send(FINDINGS, {**form, "text": "UBND xã", "source": ""}, 400)
    assert "Xin ghi căn cứ" in page
    page = await keeper.send(FINDINGS, {**form, "text": "UBND xã", "source": "luat.top"}, 400)
    assert "luat.top" in page
    page = await keeper.send(FINDINGS, {**form, "text": "UBND xã", "source": "Nghị định 150"})
    assert "Đã lưu" in page
    found = await world.store.read(lambda c: public_entry(c, "1.001193"))
    assert found is not None
    assert found.facts[Facet.PLACE].text == "UBND xã"


async def test_an_officer_decides_only_on_what_is_his_agencys(world: DeskWorld) -> None:
    await world.do(_district)
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    boss = await world.hire("binh", Role.COORDINATOR)
    async with visiting(world) as browser, visiting(world) as above:
        await enter(world, above, boss)
        page = await above.open(FINDINGS)
        form = {name: first(page, name) for name in ("entry", "facet", "rule", "digest")}
        await enter(world, browser, officer)
        assert "Không có điểm nào cần xem" in await browser.open(FINDINGS)
        await browser.send(FINDINGS, {**form, "decision": "confirm", "source": "tôi"})
        assert "UBND cấp huyện" in await above.open(FINDINGS)


def _district(connection: Connection) -> None:
    about = {"sound": True, "source": "thử", "checked_on": None}
    facts = {"place": {"text": "UBND cấp huyện", **about}, "time": {"text": "3 ngày", **about}}
    said = {"title": "Khai sinh", "source": "thử", "agencies": ["ct-xa"], "facts": facts}
    put_layer(connection, BIRTH, Layer.NATIONAL, said, NOW, "t")


async def brought(keeper: Browser, data: bytes, name: str) -> tuple[str, str]:
    """Bring a file as the form does; return its address and its page once it was read."""
    await keeper.open(FILES)
    form = FormData({"csrf": keeper.csrf, "kind": "", "source": ""})
    form.add_field("file", data, filename=name)
    origin = str(keeper.client.make_url("/")).rstrip("/")
    answer = await keeper.client.post(FILES, data=form, headers={"Origin": origin})
    address = answer.url.path
    return address, await settled(keeper, address)


async def settled(keeper: Browser, address: str) -> str:
    async with asyncio.timeout(20):
        while "refresh" in (page := await keeper.open(address)):  # noqa: ASYNC110 - as the page itself
            await asyncio.sleep(0.05)
    return page


async def test_a_file_is_previewed_then_imported(world: DeskWorld, keeper: Browser) -> None:
    data = excel(([*TITLES, HEADING, ROW, ["2", 1.00119, *ROW[2:]]], []))
    address, page = await brought(keeper, data, "phụ lục.xlsx")
    assert "Đọc được 2 mục: 2 mục mới" in page
    assert "hiểu là 1.001190" in page
    await keeper.send(address, {"decision": "import"})
    assert "Đã nhập 2 dòng" in await settled(keeper, address)
    assert await world.store.read(lambda c: public_entry(c, "1.001193")) is not None


async def test_a_pdf_is_refused_in_words_that_help(keeper: Browser) -> None:
    _, page = await brought(keeper, b"%PDF-1.7", "quyet-dinh.pdf")
    assert "Xin lấy bản Word hoặc Excel gốc" in page


async def test_a_file_is_thrown_away(keeper: Browser) -> None:
    data = excel(([*TITLES, HEADING, ROW], []))
    address, _ = await brought(keeper, data, "a.xlsx")
    await keeper.send(address, {"decision": "forget"})
    await keeper.open(address, 404)


async def test_a_form_without_a_file_says_so(keeper: Browser) -> None:
    await keeper.open(FILES)
    assert "Xin chọn một tệp" in await keeper.send(FILES, {}, 400)


async def test_an_empty_table_of_each_kind_is_offered(keeper: Browser) -> None:
    assert "code,title" in await keeper.open(f"{FILES}/mau/procedures.csv")
    await keeper.open(f"{FILES}/mau/nothing.csv", 404)


async def test_one_returns_to_a_former_model(world: DeskWorld, keeper: Browser) -> None:
    learned = [Model({**shipped().ranking, "version": str(n)}, shipped().judgement) for n in (1, 2)]
    moves = [{"text": "hỏi gì", "entries": ["x"], "before": "LISTED", "after": "ANSWERED"}]
    report = Report(shipped().version, "e", 3, 9, (), [{**moves[0], "now": "x"}], 0, 1)
    for model in learned:
        keep = partial(models.keep, model=model, report=report, by="nightly", now=NOW)
        await world.do(keep)
    page = await keeper.open(MODELS)
    assert "thử lại 9 câu cũ: 0 câu kém đi, 1 câu tốt hơn" in page
    form = {"act": "return", "version": first(page, "version")}
    assert "Đã trở lại" in await keeper.send(MODELS, form)
    found = await world.store.read(models.model_in_force)
    assert found == learned[0]


async def test_a_question_shows_why_then_and_now(world: DeskWorld, keeper: Browser) -> None:
    await world.do(stock)
    opened = await world.ask("ba tui mới mất cần giấy gì")
    page = await keeper.open(f"/can-bo/cau-hoi/{opened.code}/vi-sao")
    assert "Nếu hỏi bây giờ" in page
    address = f"/can-bo/cau-hoi/{opened.code}/vi-sao"
    assert "Không có mục nào" in await keeper.send(address, {"entry": "9.999999"}, 400)
    page = await keeper.send(address, {"entry": "1.000656"})
    assert "cán bộ chỉ ra" in page
    assert DEATH.partition(":")[2] in await keeper.open(QUEUE)


async def test_reasons_of_what_an_officer_may_not_see_are_not_there(world: DeskWorld) -> None:
    opened = await world.ask()
    stranger = await world.hire("lan", Role.OFFICER, "ct-so-noi-vu")
    async with visiting(world) as browser:
        await enter(world, browser, stranger)
        await browser.open(f"/can-bo/cau-hoi/{opened.code}/vi-sao", 404)


async def test_a_proposed_answer_is_edited_before_it_is_public(
    world: DeskWorld, keeper: Browser
) -> None:
    await world.do(_draft)
    page = await keeper.open(QUEUE)
    form = {"entry": first(page, "entry"), "title": "Mất thẻ thì làm sao?", "decision": "public"}
    await keeper.send(QUEUE, {**form, "summary": "Nộp tại BHXH. Gọi 0912345678."})
    found = await world.store.read(lambda c: public_entry(c, "dan-hoi-4k7m2p9"))
    assert found is not None
    assert found.title == "Mất thẻ thì làm sao?"
    assert found.summary.startswith("Nộp tại BHXH")
    assert "0912345678" not in found.summary


def _draft(connection: Connection) -> None:
    said = {"title": "Thẻ?", "summary": "Nộp tại xã.", "source": "Trả lời của Sở Y tế"}
    put_layer(connection, "faq:dan-hoi-4k7m2p9", Layer.LOCAL, said, NOW, "t")
    set_state(connection, "faq:dan-hoi-4k7m2p9", "draft", NOW, "t")
