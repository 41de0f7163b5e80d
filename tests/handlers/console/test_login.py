"""The door of the console."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.officers import Role
from bot.store import Store
from bot.tables.desk import session
from handlers.access import COOKIE
from tests.handlers.desk_world import PASSWORD, DeskWorld, furnish, visiting


@pytest.fixture
async def world(store: Store) -> DeskWorld:
    world = await furnish(store)
    await world.hire("an", Role.OFFICER, "ct-so-y-te")
    return world


async def test_an_officer_logs_in_and_lands_where_he_was_going(world: DeskWorld) -> None:
    async with visiting(world) as browser:
        page = await browser.open("/can-bo/cau-hoi?xem=mine")
        assert "/can-bo/cau-hoi?xem=mine" in page
        form = {"username": " AN ", "password": PASSWORD, "tiep": "/can-bo/cau-hoi?xem=mine"}
        assert "Tôi đang giữ" in await browser.send("/can-bo/dang-nhap", form)


async def test_the_cookie_is_kept_from_scripts_and_stored_hashed(world: DeskWorld) -> None:
    async with visiting(world) as browser:
        answer = await browser.client.post(
            "/can-bo/dang-nhap",
            data={"username": "an", "password": PASSWORD},
            allow_redirects=False,
        )
        cookie = answer.cookies[COOKIE]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
        rows = await world.store.read(lambda c: c.execute(session.select()).all())
        assert cookie.value not in str(rows)


async def test_the_session_changes_at_every_login(world: DeskWorld) -> None:
    async with visiting(world) as browser:
        secrets = set()
        for _ in range(2):
            await browser.send("/can-bo/dang-nhap", {"username": "an", "password": PASSWORD})
            jar = browser.client.session.cookie_jar.filter_cookies(browser.client.make_url("/"))
            secrets.add(jar[COOKIE].value)
        assert len(secrets) == 2
        rows = await world.store.read(lambda c: c.execute(session.select()).all())
        assert len(rows) == 1


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param("an", "sai mật khẩu", id="wrong password"),
        pytest.param("nobody", PASSWORD, id="unknown name"),
        pytest.param("", "", id="nothing"),
        pytest.param("a" * 5000, "b" * 5000, id="very long"),
    ],
)
async def test_whatever_is_wrong_the_answer_is_the_same(
    world: DeskWorld, username: str, password: str
) -> None:
    async with visiting(world) as browser:
        page = await browser.send(
            "/can-bo/dang-nhap", {"username": username, "password": password}, 401
        )
        assert "chưa đúng" in page


async def test_five_failures_close_the_door_for_a_quarter_of_an_hour(world: DeskWorld) -> None:
    async with visiting(world) as browser:
        for _ in range(5):
            await browser.send("/can-bo/dang-nhap", {"username": "an", "password": "x"}, 401)
        page = await browser.send(
            "/can-bo/dang-nhap", {"username": "an", "password": PASSWORD}, 429
        )
        assert "15 phút" in page
        world.pass_time(timedelta(minutes=16))
        await browser.send("/can-bo/dang-nhap", {"username": "an", "password": PASSWORD})


@pytest.mark.parametrize(
    "aim",
    [
        pytest.param("https://elsewhere.example/", id="another site"),
        pytest.param("//elsewhere.example/can-bo", id="without scheme"),
        pytest.param("/can-bo//elsewhere.example", id="double slash"),
        pytest.param("/can-bo\\elsewhere", id="backslash"),
        pytest.param("/can-bo.elsewhere.example/", id="a name that only begins like ours"),
        pytest.param("/can-bo/../tra-cuu", id="out of the console"),
        pytest.param("/can-bo/@elsewhere.example", id="at another host"),
        pytest.param("/can-bo/\x0dSet-Cookie: a=b", id="control character"),
    ],
)
async def test_login_leads_to_no_other_site(world: DeskWorld, aim: str) -> None:
    async with visiting(world) as browser:
        form = {"username": "an", "password": PASSWORD, "tiep": aim}
        answer = await browser.client.post("/can-bo/dang-nhap", data=form, allow_redirects=False)
        assert answer.headers["Location"] == "/can-bo"


async def test_an_officer_changes_the_password_and_other_logins_end(world: DeskWorld) -> None:
    async with visiting(world) as browser, visiting(world) as other:
        for each in (browser, other):
            await each.send("/can-bo/dang-nhap", {"username": "an", "password": PASSWORD})
        new = "một câu khác dễ nhớ"
        await browser.open("/can-bo/mat-khau")
        await browser.send("/can-bo/mat-khau", {"old": PASSWORD, "new": new, "again": new})
        assert "Đăng xuất" in await browser.open("/can-bo")
        assert "Cán bộ đăng nhập" in await other.open("/can-bo")
        await other.send("/can-bo/dang-nhap", {"username": "an", "password": new})


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        pytest.param("sai", "một câu khác dễ nhớ", "một câu khác dễ nhớ", id="wrong old one"),
        pytest.param(PASSWORD, "một câu khác dễ nhớ", "câu khác nữa", id="two new ones"),
        pytest.param(PASSWORD, "ngắn", "ngắn", id="too short"),
    ],
)
async def test_a_password_is_not_changed_by_mistake(
    world: DeskWorld, old: str, new: str, again: str
) -> None:
    async with visiting(world) as browser:
        await browser.send("/can-bo/dang-nhap", {"username": "an", "password": PASSWORD})
        await browser.open("/can-bo/mat-khau")
        await browser.send("/can-bo/mat-khau", {"old": old, "new": new, "again": again}, 422)
        await browser.send("/can-bo/dang-nhap", {"username": "an", "password": PASSWORD})


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param(b"username=\xff\xfe", "application/x-www-form-urlencoded", id="not UTF-8"),
        pytest.param(
            b"username=a", "application/x-www-form-urlencoded; charset=klingon", id="no charset"
        ),
        pytest.param(b"junk", "multipart/form-data; boundary=x", id="no multipart"),
        pytest.param(b"junk", "multipart/form-data", id="no boundary"),
    ],
)
async def test_a_form_that_is_none_is_turned_down(world: DeskWorld, body: bytes, kind: str) -> None:
    async with visiting(world) as browser:
        headers = {"Content-Type": kind}
        answer = await browser.client.post("/can-bo/dang-nhap", data=body, headers=headers)
        assert answer.status == 400


async def test_on_https_no_neighbouring_site_can_seat_an_officer_in_its_session(
    world: DeskWorld,
) -> None:
    settings = world.settings.model_copy(update={"public_url": "https://danhoi.example.gov.vn"})
    safe = replace(world, settings=settings)
    form = {"username": "an", "password": PASSWORD}
    async with visiting(safe) as browser:
        answer = await browser.client.post("/can-bo/dang-nhap", data=form, allow_redirects=False)
        cookie = answer.cookies[f"__Host-{COOKIE}"]
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
        for name, status in ((COOKIE, 303), (f"__Host-{COOKIE}", 200)):
            seat = {"Cookie": f"{name}={cookie.value}"}
            page = await browser.client.get("/can-bo", headers=seat, allow_redirects=False)
            assert page.status == status
