"""What an officer's pages show, and what they keep from him."""

from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.officers import Role, accounts
from bot.officers.accounts import NewOfficer
from bot.questions import desk
from bot.questions.desk import Opened
from bot.questions.life import State
from bot.settings import Settings
from bot.store import Store
from bot.tables.delivery import attachment, message
from tests.bot.questions.samples import NOW
from tests.handlers.console.test_console import act
from tests.handlers.desk_world import DeskWorld, enter, furnish, visiting

FILE = "a-file-of-a-citizen-under-a-name-of-its-own"


@pytest.fixture
async def world(store: Store, tmp_path: Path) -> DeskWorld:
    world = await furnish(store)
    world.settings = Settings(_env_file=None, var_dir=tmp_path)  # type: ignore[call-arg]
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / FILE).write_bytes(b"%PDF-")
    return world


async def say(world: DeskWorld, opened: Opened, role: str, text: str, **body: object) -> None:
    row = {"conversation_id": 1, "seq": 1, "role": role, "text": text, "body": body, "at": NOW}
    await world.do(lambda c: c.execute(insert(message).values(question_id=opened.id, **row)))


async def attach(world: DeskWorld, opened: Opened, state: str = "kept") -> str:
    """Let a file belong to a question; return its address."""
    told = {"kind": "file", "url": f"file:{FILE}", "name": "Đơn.pdf", "size": 5}
    await say(world, opened, "citizen", "", attachments=[told])
    about = {"media_type": "application/pdf", "size": 5, "digest": "", "received_at": NOW}
    row = {"id": FILE, "conversation_id": 1, "question_id": opened.id, "state": state, **about}
    await world.do(lambda c: c.execute(insert(attachment).values(**row)))
    return f"/can-bo/cau-hoi/{opened.code}/tep/{FILE}"


async def test_a_citizens_file_is_saved_and_never_shown_inside_a_page(world: DeskWorld) -> None:
    opened = await world.ask()
    address = await attach(world, opened)
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        assert f'href="{address}"' in await browser.open(f"/can-bo/cau-hoi/{opened.code}")
        response = await browser.client.get(address)
        assert await response.read() == b"%PDF-"
    assert response.headers["Content-Disposition"].startswith("attachment; ")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("role", "agency", "state", "status"),
    [
        pytest.param(Role.OFFICER, "ct-so-noi-vu", "kept", 404, id="another agency"),
        pytest.param(Role.OFFICER, "ct-so-y-te", "erased", 404, id="an identity paper"),
        pytest.param(Role.COORDINATOR, None, "kept", 403, id="no agency"),
        pytest.param(Role.EDITOR, None, "kept", 403, id="an editor"),
    ],
)
async def test_nobody_else_reads_a_citizens_file(
    world: DeskWorld, role: Role, agency: str | None, state: str, status: int
) -> None:
    opened = await world.ask()
    address = await attach(world, opened, state)
    officer = await world.hire("an", role, agency)
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        await browser.open(address, status)


async def test_a_file_belongs_to_its_own_question_only(world: DeskWorld) -> None:
    address = await attach(world, await world.ask())
    other = await world.ask("Chuyện khác?")
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        await browser.open(f"/can-bo/cau-hoi/{other.code}/tep/{address.rsplit('/', 1)[1]}", 404)


async def test_the_askers_own_key_stays_out_of_sight(world: DeskWorld) -> None:
    opened = await world.ask()
    await say(world, opened, "assistant", f"Xem: /tra-cuu/{opened.code}?k={opened.key}")
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        page = await browser.open(f"/can-bo/cau-hoi/{opened.code}")
    assert f"/tra-cuu/{opened.code}" in page
    assert opened.key not in page


async def test_what_deserves_a_look_is_shown_once_before_it_leaves(world: DeskWorld) -> None:
    opened = await world.ask()
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    text, basis = "Nộp ở cấp huyện.", "Luật"
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        await act(browser, opened.code, "nhan")
        page = await act(browser, opened.code, "soan", text=text, basis=basis, then="send")
        assert "Đã lưu, chưa gửi" in page
        assert 'name="seen" value="abolished"' in page
        page = await act(
            browser, opened.code, "soan", text=text, basis=basis, then="send", seen="abolished"
        )
    assert "Trả lời đã gửi" in page


async def test_an_answer_that_came_by_itself_is_not_shown_as_an_officers(world: DeskWorld) -> None:
    opened = await world.ask(start=State.AUTO_ANSWERED, answer="Ở BHXH.")
    await world.do(lambda c: desk.queue_question(c, opened.id, "ct-so-y-te", "not_right", NOW))
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        page = await browser.open(f"/can-bo/cau-hoi/{opened.code}")
    assert "Kênh đã tự trả lời" in page
    assert "Trả lời đã gửi" not in page


async def test_the_way_to_the_login_is_as_guarded_as_every_page(world: DeskWorld) -> None:
    async with visiting(world) as browser:
        response = await browser.client.get("/can-bo", allow_redirects=False)
    assert response.status == 303
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"


async def test_merging_into_an_unknown_code_keeps_the_page_and_says_so(world: DeskWorld) -> None:
    opened = await world.ask()
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        await act(browser, opened.code, "nhan")
        page = await act(browser, opened.code, "gop", 422, into="không có")
    assert "Không có câu hỏi nào mang mã này" in page
    assert 'value="không có"' in page


async def test_the_first_real_account_is_an_administrators(world: DeskWorld) -> None:
    new = NewOfficer("thu", Role.ADMIN, None, must_change_password=False, demo=True)
    trial = await world.do(lambda c: accounts.add(c, new, "-", "test", NOW))
    form = {"username": "an", "full_name": "An", "role": "officer", "agency": "ct-so-y-te"}
    async with visiting(world) as browser:
        await enter(world, browser, trial)
        page = await browser.send("/can-bo/tai-khoan", form, 422)
        assert "Tài khoản thật đầu tiên phải là quản trị" in page
        page = await browser.send("/can-bo/tai-khoan", {**form, "role": "admin", "agency": ""})
    assert "chỉ hiện một lần" in page
