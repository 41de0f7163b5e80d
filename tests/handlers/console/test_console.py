"""Officers at work."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest

from bot.officers import Role
from bot.questions import desk, repository
from bot.store import Store
from bot.tables.delivery import outbox
from knowledge.decisions import MatterKind
from tests.bot.questions.samples import NOW
from tests.handlers.desk_world import Browser, DeskWorld, enter, furnish, published, visiting


@pytest.fixture
async def world(store: Store) -> DeskWorld:
    return await furnish(store)


def version_of(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


async def act(browser: Browser, code: str, slug: str, status: int = 200, **form: str) -> str:
    """Open the question and fill in the form as it stands."""
    page = await browser.open(f"/can-bo/cau-hoi/{code}")
    given = {"version": version_of(page), **form}
    return await browser.send(f"/can-bo/cau-hoi/{code}/{slug}", given, status)


async def test_an_officer_answers_a_question_from_the_queue(world: DeskWorld) -> None:
    opened = await world.ask("Đổi thẻ bảo hiểm y tế <b>ở đâu</b>?")
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        assert "&lt;b&gt;ở đâu" in await browser.open("/can-bo")
        await act(browser, opened.code, "nhan")
        page = await act(browser, opened.code, "soan", text="Ở cơ quan BHXH.", basis="Luật BHYT")
        assert "Ở cơ quan BHXH." in page
        page = await act(browser, opened.code, "gui")
    assert "đang chờ gửi" in page
    row = await world.store.read(lambda c: repository.by_id(c, opened.id))
    assert row is not None
    assert (row.state, row.answer, row.basis) == ("answered", "Ở cơ quan BHXH.", "Luật BHYT")


async def test_where_two_persons_are_required_the_leader_sends(world: DeskWorld) -> None:
    opened = await world.ask(at="ct-so-noi-vu")
    officer = await world.hire("an", Role.OFFICER, "ct-so-noi-vu")
    leader = await world.hire("cuc", Role.LEADER, "ct-so-noi-vu")
    async with visiting(world) as drafting, visiting(world) as approving:
        await enter(world, drafting, officer)
        await act(drafting, opened.code, "nhan")
        page = await act(drafting, opened.code, "soan", text="Đã xong.")
        assert "Lưu và gửi người dân" not in page
        await act(drafting, opened.code, "gui", 422)
        await enter(world, approving, leader)
        await act(approving, opened.code, "duyet", then="send")
    row = await world.store.read(lambda c: repository.by_id(c, opened.id))
    assert row is not None
    assert (row.state, row.approver) == ("answered", "Cuc")


async def test_what_was_typed_is_not_lost_when_the_question_changed(world: DeskWorld) -> None:
    opened = await world.ask()
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        page = await act(browser, opened.code, "nhan")
        await world.do(lambda c: desk.add_to_question(c, opened.id, "à, ở Tài Văn", NOW))
        typed = {"text": "Bài dài đã gõ.", "basis": "Luật", "version": version_of(page)}
        page = await browser.send(f"/can-bo/cau-hoi/{opened.code}/soan", typed, 409)
    assert "vừa có thay đổi" in page
    assert "Bài dài đã gõ." in page
    assert "à, ở Tài Văn" in page


async def test_who_comes_second_reads_who_holds_the_question(world: DeskWorld) -> None:
    opened = await world.ask()
    first = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    second = await world.hire("binh", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser, visiting(world) as late:
        await enter(world, browser, first)
        await enter(world, late, second)
        await act(browser, opened.code, "nhan")
        page = await late.send(f"/can-bo/cau-hoi/{opened.code}/nhan", status=409)
    assert "đang do An giữ" in page


async def test_a_question_is_passed_on_to_an_agency_found_without_tone_marks(
    world: DeskWorld,
) -> None:
    opened = await world.ask()
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        page = await browser.open(f"/can-bo/cau-hoi/{opened.code}/chuyen?tim=noi vu")
        assert 'value="ct-so-noi-vu"' in page
        assert 'value="ct-thanh-tra"' not in page
        form = {"to": "ct-so-noi-vu", "text": "Thuộc Sở Nội vụ", "version": version_of(page)}
        page = await browser.send(f"/can-bo/cau-hoi/{opened.code}/chuyen", form)
    assert "Đã chuyển câu hỏi" in page
    assert opened.code not in page


@pytest.mark.parametrize(
    ("role", "agency"),
    [
        pytest.param(Role.OFFICER, "ct-so-noi-vu", id="another agency"),
        pytest.param(Role.EDITOR, None, id="an editor before the answer"),
    ],
)
async def test_a_question_of_others_is_as_unknown_as_none(
    world: DeskWorld, role: Role, agency: str | None
) -> None:
    opened = await world.ask()
    async with visiting(world) as browser:
        await enter(world, browser, await world.hire("la", role, agency))
        seen = await browser.open(f"/can-bo/cau-hoi/{opened.code}", 404)
        assert seen == await browser.open("/can-bo/cau-hoi/nothing", 404)


async def test_the_body_named_in_a_denunciation_does_not_see_it(world: DeskWorld) -> None:
    opened = await world.ask("Tố cáo cán bộ Sở Y tế", kind=MatterKind.DENUNCIATION)
    named = await world.hire("an", Role.LEADER, "ct-so-y-te")
    inspector = await world.hire("tra", Role.OFFICER, "ct-thanh-tra")
    async with visiting(world) as browser:
        await enter(world, browser, named)
        assert opened.code not in await browser.open("/can-bo")
        await enter(world, browser, inspector)
        assert opened.code in await browser.open("/can-bo")


async def test_remaining_time_is_told_in_words(world: DeskWorld) -> None:
    await world.ask()
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    for days, words in ((0, "Còn 15 ngày"), (20, "Gấp: còn 1 ngày"), (28, "Quá hạn")):
        world.now = NOW + timedelta(days=days, hours=1)
        async with visiting(world) as browser:
            await enter(world, browser, officer)
            assert words in await browser.open("/can-bo")


async def test_an_officer_does_not_see_that_an_answer_was_rated(world: DeskWorld) -> None:
    opened = await world.ask()
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        await act(browser, opened.code, "nhan")
        await act(browser, opened.code, "soan", text="Ở xã.", basis="Luật", then="send")
        before = await browser.open(f"/can-bo/cau-hoi/{opened.code}")
        await world.do(lambda c: desk.rate(c, opened.id, 3, NOW))
        after = await browser.open(f"/can-bo/cau-hoi/{opened.code}")
    assert before == after


async def test_an_administrator_adds_an_officer_who_can_log_in(world: DeskWorld) -> None:
    admin = await world.hire("boss", Role.ADMIN)
    async with visiting(world) as browser:
        await enter(world, browser, admin)
        await browser.open("/can-bo")
        form = {"username": "moi", "full_name": "Mới", "role": "officer", "agency": "ct-so-y-te"}
        page = await browser.send("/can-bo/tai-khoan", form)
        told = re.search(r'class="code password">([^<]+)<', page)
        assert told
        page = await browser.send("/can-bo/dang-nhap", {"username": "moi", "password": told[1]})
    assert "Xin đổi trước khi làm việc" in page


@pytest.mark.parametrize(
    "form",
    [
        pytest.param({"username": "Tên Lạ!", "role": "admin"}, id="unfit name"),
        pytest.param({"username": "moi", "role": "officer"}, id="no agency"),
        pytest.param({"username": "boss", "role": "admin"}, id="name taken"),
    ],
)
async def test_an_account_that_cannot_be_made_is_explained(
    world: DeskWorld, form: dict[str, str]
) -> None:
    admin = await world.hire("boss", Role.ADMIN)
    async with visiting(world) as browser:
        await enter(world, browser, admin)
        assert 'role="alert"' in await browser.send("/can-bo/tai-khoan", form, 422)


async def test_an_administrator_disables_and_resets_but_not_himself(world: DeskWorld) -> None:
    admin = await world.hire("boss", Role.ADMIN)
    await world.hire("an", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser:
        await enter(world, browser, admin)
        await browser.send("/can-bo/tai-khoan/boss/khoa", status=409)
        assert "Đã khóa" in await browser.send("/can-bo/tai-khoan/an/khoa")
        assert "Đã khóa" not in await browser.send("/can-bo/tai-khoan/an/mo")
        assert "chỉ hiện một lần" in await browser.send("/can-bo/tai-khoan/an/dat-lai")
        await browser.send("/can-bo/tai-khoan/nobody/mo", status=404)


async def test_an_editor_reads_question_and_answer_but_no_names_and_no_notes(
    world: DeskWorld,
) -> None:
    opened = await world.ask("Tôi là Nguyễn Văn An, điện thoại 0912345678, hỏi thẻ bảo hiểm")
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    editor = await world.hire("bien", Role.EDITOR)
    async with visiting(world) as browser, visiting(world) as editing:
        await enter(world, browser, officer)
        await act(browser, opened.code, "nhan")
        await act(browser, opened.code, "ghi-chu", text="ghi chú kín")
        await act(browser, opened.code, "soan", text="Ở cơ quan BHXH.", basis="Luật", then="send")
        given = desk.Consent("air", granted=True, wording="consent.air")
        await world.do(lambda c: desk.record_consent(c, opened.id, given, NOW))
        await enter(world, editing, editor)
        page = await editing.open(f"/can-bo/cau-hoi/{opened.code}")
    assert "Ở cơ quan BHXH." in page
    assert all(hidden not in page for hidden in ("0912345678", "ghi chú kín", "<textarea"))


@pytest.mark.parametrize(
    ("search", "found"),
    [
        pytest.param("bảo hiểm", True, id="by words that are left"),
        pytest.param("0912345678", False, id="not by a telephone number"),
        pytest.param("Nguyễn Văn An", False, id="not by a name"),
    ],
)
async def test_an_editor_finds_only_what_an_editor_may_read(
    world: DeskWorld, search: str, found: bool
) -> None:
    opened = await published(world, "Tôi là Nguyễn Văn An, 0912345678, hỏi thẻ bảo hiểm")
    editor = await world.hire("bien", Role.EDITOR)
    async with visiting(world) as browser:
        await enter(world, browser, editor)
        page = await browser.open(f"/can-bo/cau-hoi?tim={quote(search)}")
    assert (f"/can-bo/cau-hoi/{opened.code}" in page) is found


async def test_claiming_twice_by_a_double_click_is_no_error(world: DeskWorld) -> None:
    opened = await world.ask()
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        for _ in range(2):
            page = await browser.send(f"/can-bo/cau-hoi/{opened.code}/nhan")
            assert "đã nhận câu hỏi này" in page


@pytest.mark.parametrize(
    ("slug", "state"),
    [
        pytest.param("da-den", "sent", id="it arrived"),
        pytest.param("gui-lai", "pending", id="again"),
    ],
)
async def test_an_answer_that_may_not_have_arrived_waits_for_the_officers_word(
    world: DeskWorld, slug: str, state: str
) -> None:
    opened = await world.ask()
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        await act(browser, opened.code, "nhan")
        await act(browser, opened.code, "soan", text="Ở xã.", basis="Luật", then="send")
        await world.do(lambda c: c.execute(outbox.update().values(state="unknown")).rowcount)
        assert "chưa rõ đã đến" in await browser.open("/can-bo")
        await browser.send(f"/can-bo/cau-hoi/{opened.code}/tin/99/{slug}", status=404)
        page = await browser.send(f"/can-bo/cau-hoi/{opened.code}/tin/1/{slug}")
    assert "Ghi chú: " in page
    kept = await world.store.read(lambda c: c.execute(outbox.select()).one())
    assert kept.state == state


@pytest.mark.parametrize(
    ("role", "home"),
    [
        pytest.param(Role.ADMIN, "/can-bo/tai-khoan", id="an administrator to the accounts"),
        pytest.param(Role.BROADCASTER, "/can-bo/chuyen-muc", id="a broadcaster to the segment"),
    ],
)
async def test_who_answers_no_questions_lands_at_his_own_work(
    world: DeskWorld, role: Role, home: str
) -> None:
    async with visiting(world) as browser:
        await enter(world, browser, await world.hire("ai", role))
        answer = await browser.client.get("/can-bo", allow_redirects=False)
    assert answer.headers["Location"] == home


async def test_an_editor_starts_from_what_is_answered(world: DeskWorld) -> None:
    async with visiting(world) as browser:
        await enter(world, browser, await world.hire("bientap", Role.EDITOR))
        page = await browser.open("/can-bo/cau-hoi")
    assert '?xem=closed" aria-current="page"' in page
    assert "0 đang mở" not in page
