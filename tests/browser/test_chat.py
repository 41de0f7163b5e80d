"""The chat page in a real browser: asking, choosing, losing the line, coming back."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Browser, Route, expect

from tests.browser.stage import DESK, Visitor, running

pytestmark = pytest.mark.long

QUESTION = "làm khai sinh cho con cần gì"
ANSWER = "Nguồn:"


async def test_a_question_is_answered(citizen: Visitor) -> None:
    await citizen.ask(QUESTION)
    await citizen.hears(ANSWER)
    assert await citizen.said() == [QUESTION]
    await expect(citizen.page.locator(".said--waiting")).to_have_count(0)
    await expect(citizen.page.locator(".said__source a")).to_have_attribute(
        "href", re.compile("^https://")
    )


async def test_a_most_asked_matter_is_one_press_away(citizen: Visitor) -> None:
    await citizen.page.get_by_role("button", name="Làm khai sinh").click()
    await citizen.hears(ANSWER)


async def test_a_choice_is_made_by_its_button(citizen: Visitor) -> None:
    await citizen.ask("khai sinh")
    choice = citizen.page.get_by_role("button", name=re.compile("^1. "))
    label = (await choice.inner_text()).removeprefix("1. ")
    await choice.click()
    await citizen.hears("Nguồn:")
    assert (await citizen.said())[-1] == label


async def test_a_receipt_shows_its_code_and_leads_to_the_status(citizen: Visitor) -> None:
    await citizen.ask("khi nào sửa xong cây cầu đầu xóm, cho tôi gặp cán bộ")
    await citizen.page.locator(".receipt__code").first.wait_for(timeout=15_000)
    code = await citizen.page.locator(".receipt__code").first.inner_text()
    assert re.fullmatch(r"\w{3} \w{3} \w", code)
    async with citizen.page.context.expect_page() as opened:
        await citizen.page.get_by_role("link", name="mở trang câu hỏi").first.click()
    status = await opened.value
    await expect(status.locator("h1")).to_contain_text(code)
    await expect(status.locator("body")).to_contain_text("cây cầu đầu xóm")


async def test_a_reload_keeps_the_conversation(citizen: Visitor) -> None:
    await citizen.ask(QUESTION)
    await citizen.hears(ANSWER)
    await citizen.page.reload()
    await citizen.hears(ANSWER)
    assert await citizen.said() == [QUESTION]


async def test_what_could_not_be_sent_goes_out_when_the_line_is_back(
    browser: Browser, address: str
) -> None:
    citizen = await Visitor.come(browser)
    await citizen.page.goto(address)
    await citizen.page.context.set_offline(True)
    await citizen.ask(QUESTION)
    note = citizen.page.locator(".said--citizen .said__note")
    await expect(note).to_have_text("Chưa gửi được, sẽ gửi lại")
    await expect(citizen.page.locator("[data-state]")).to_contain_text("tự gửi lại")
    await citizen.page.context.set_offline(False)
    await citizen.hears(ANSWER)
    assert await citizen.said() == [QUESTION]
    await expect(citizen.page.locator("[data-state]")).to_have_text("")


async def test_what_was_not_sent_survives_a_reload(browser: Browser, address: str) -> None:
    citizen = await Visitor.come(browser)
    await citizen.page.goto(address)
    await citizen.page.route("**/api/v1/**", lambda route: route.abort())
    await citizen.ask(QUESTION)
    await expect(citizen.page.locator(".said__note")).to_have_text("Chưa gửi được, sẽ gửi lại")
    await citizen.page.unroute("**/api/v1/**")
    await citizen.page.reload()
    await citizen.hears(ANSWER)
    assert await citizen.said() == [QUESTION]


async def test_the_line_is_taken_up_again_after_the_service_was_away(
    browser: Browser, var: Path
) -> None:
    citizen = await Visitor.come(browser)
    async with running(var) as address:
        await citizen.page.goto(address)
        await citizen.ask("xin chào")
        await citizen.hears("Dạ")
    await citizen.ask(QUESTION)
    async with running(var, int(address.rsplit(":", 1)[1])):
        await citizen.hears(ANSWER)
        assert await citizen.said() == ["xin chào", QUESTION]


async def test_two_tabs_show_one_conversation(citizen: Visitor, address: str) -> None:
    other = Visitor.watching(await citizen.page.context.new_page())
    await other.page.goto(address)
    await citizen.ask(QUESTION)
    await other.hears(ANSWER)
    await other.ask("cảm ơn")
    await expect(citizen.page.locator(".said--citizen")).to_have_count(2)
    assert await citizen.said() == await other.said() == [QUESTION, "cảm ơn"]
    assert other.complaints == []


async def test_it_can_be_used_with_the_keyboard_alone(citizen: Visitor) -> None:
    page = citizen.page
    await page.focus("#ask")
    await page.keyboard.type("khai sinh")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Gửi", exact=True)).to_be_focused()
    await page.keyboard.press("Enter")
    choice = page.get_by_role("button", name=re.compile("^1. "))
    await choice.focus()
    await page.keyboard.press("Space")
    await citizen.hears("Nguồn:")
    assert len(await citizen.said()) == 2


async def test_what_stands_on_a_shared_computer_can_be_erased(citizen: Visitor) -> None:
    await citizen.ask(QUESTION)
    await citizen.hears(ANSWER)
    await citizen.page.get_by_role("button", name="Xóa trò chuyện").click()
    await citizen.page.get_by_role("button", name="Bấm lần nữa").click()
    assert await citizen.said() == []
    assert await citizen.page.evaluate("Object.keys(localStorage).length") == 0
    await citizen.page.reload()
    await expect(citizen.page.locator(".said")).to_have_count(1)


async def test_a_conversation_that_ended_is_followed_by_a_new_one(citizen: Visitor) -> None:
    await citizen.page.evaluate("localStorage.setItem('danhoi.conversation', 'da-het-han')")
    await citizen.page.reload()
    await citizen.ask(QUESTION)
    await citizen.hears(ANSWER)
    assert await citizen.said() == [QUESTION]
    citizen.complaints.clear()  # the browser logs the 404 it was told


def photo() -> bytes:
    out = BytesIO()
    Image.new("RGB", (80, 60), "teal").save(out, "JPEG")
    return out.getvalue()


async def test_a_photo_is_sent_and_a_program_is_not(citizen: Visitor) -> None:
    await citizen.attach("giay.jpg", photo())
    await citizen.attach("virus.exe", b"MZ" * 99)
    await citizen.hears("Dạ")
    failed = citizen.page.locator(".said--failed .said__note")
    await expect(failed).to_contain_text("JPEG, PNG")
    assert await citizen.said() == ["giay.jpg", "virus.exe"]
    citizen.complaints.clear()  # the browser logs the 415 it was told


async def test_a_slow_photo_keeps_its_place_before_what_was_refused(citizen: Visitor) -> None:
    held: list[Route] = []
    await citizen.page.route("**/files", lambda route: held.append(route), times=1)
    await citizen.attach("giay.jpg", photo())
    await citizen.attach("virus.exe", b"MZ" * 99)
    await expect(citizen.page.locator(".said--failed")).to_have_count(1)
    await held[0].continue_()
    await citizen.hears("Dạ")
    assert await citizen.said() == ["giay.jpg", "virus.exe"]
    citizen.complaints.clear()


async def test_erasing_in_one_tab_clears_the_other(citizen: Visitor, address: str) -> None:
    other = Visitor.watching(await citizen.page.context.new_page())
    await other.page.goto(address)
    await citizen.ask(QUESTION)
    await other.hears(ANSWER)
    await citizen.page.get_by_role("button", name="Xóa trò chuyện").click()
    await citizen.page.get_by_role("button", name="Bấm lần nữa").click()
    await expect(other.page.locator(".said")).to_have_count(1)


async def test_it_answers_without_a_script_too(browser: Browser, address: str) -> None:
    citizen = await Visitor.come(browser, java_script_enabled=False, viewport=DESK)
    await citizen.page.goto(address)
    await citizen.page.fill("#ask", QUESTION)
    await citizen.page.get_by_role("button", name="Gửi", exact=True).click()
    await citizen.hears(ANSWER)
    assert citizen.page.url.endswith("/hoi#cuoi")


async def test_words_of_a_citizen_are_never_markup(citizen: Visitor) -> None:
    await citizen.ask("<img src=x onerror=alert(1)> khai sinh")
    await citizen.hears("Dạ")
    assert await citizen.page.locator(".said img").count() == 0
