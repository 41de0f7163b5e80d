"""The monthly programme and the archive, as everybody sees them."""

from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from icalendar import Calendar
from sqlalchemy import Connection, update

from bot.officers import tokens
from bot.officers.tokens import Scope
from bot.questions.desk import Opened
from bot.tables.desk import consent
from tests.bot.segments import samples
from tests.handlers.site_world import Client, SiteWorld

MONTH = "/chuyen-muc/2026-11"
_ATOM = "{http://www.w3.org/2005/Atom}"


def prepared(connection: Connection) -> Opened:
    """One answered question, approved, not yet published."""
    opened = samples.answered(connection, "Đổi thẻ bảo hiểm y tế ở đâu?")
    samples.refresh(connection)
    samples.approve_all(connection)
    return opened


async def publish(world: SiteWorld) -> Opened:
    opened: Opened = await world.do(prepared)
    await world.do(samples.publish)
    return opened


async def broadcaster(world: SiteWorld) -> dict[str, str]:
    token = await world.do(lambda c: tokens.create(c, Scope.SEGMENT, None, "đài", world.now))
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("ending", ["", ".json", ".txt", ".docx", ".xlsx"])
async def test_a_list_is_there_for_everybody_once_published(
    citizens: SiteWorld, visitor: Client, ending: str
) -> None:
    await citizens.do(prepared)
    assert (await visitor.get(MONTH + ending)).status == 404
    assert (await visitor.get(MONTH + ending, headers=await broadcaster(citizens))).status == 200
    await citizens.do(samples.publish)
    assert (await visitor.get(MONTH + ending)).status == 200


async def test_the_json_has_the_contracts_shape(citizens: SiteWorld, visitor: Client) -> None:
    await publish(citizens)
    listing: dict[str, Any] = await (await visitor.get(f"{MONTH}.json")).json()
    assert list(listing) == ["month", "air_date", "theme", "status", "seconds", "items"]
    assert (listing["month"], listing["air_date"]) == ("2026-11", "2026-11-28")
    assert listing["items"][0]["question"] == "Đổi thẻ bảo hiểm y tế ở đâu?"
    assert set(listing["items"][0]["spoken"][0]) == {"voice", "text"}


async def test_the_page_shows_question_answer_and_agency(
    citizens: SiteWorld, visitor: Client
) -> None:
    await publish(citizens)
    page = await (await visitor.get(MONTH)).text()
    assert all(part in page for part in ("Đổi thẻ bảo hiểm y tế", "Nộp tại", "Sở Y tế"))
    assert f"{MONTH}.docx" in page


@pytest.mark.parametrize(
    "path", ["/chuyen-muc/2026-13", "/chuyen-muc/abc", "/chuyen-muc/2026-11.exe"]
)
async def test_there_is_no_other_month_or_shape(visitor: Client, path: str) -> None:
    assert (await visitor.get(path)).status == 404


async def test_the_index_names_what_comes_and_what_was(
    citizens: SiteWorld, visitor: Client
) -> None:
    assert "28/11/2026" in await (await visitor.get("/chuyen-muc")).text()
    await publish(citizens)
    assert f'href="{MONTH}"' in await (await visitor.get("/chuyen-muc")).text()


async def test_the_feed_lists_published_months_only(citizens: SiteWorld, visitor: Client) -> None:
    await citizens.do(prepared)
    before = ElementTree.fromstring(await (await visitor.get("/chuyen-muc/feed.atom")).text())  # noqa: S314
    await citizens.do(samples.publish)
    after = ElementTree.fromstring(await (await visitor.get("/chuyen-muc/feed.atom")).text())  # noqa: S314
    assert before.findall(f"{_ATOM}entry") == []
    (entry,) = after.findall(f"{_ATOM}entry")
    assert "Đổi thẻ" in (entry.findtext(f"{_ATOM}summary") or "")


async def test_the_calendar_has_a_day_for_each_coming_month(visitor: Client) -> None:
    response = await visitor.get("/chuyen-muc/lich.ics")
    assert response.content_type == "text/calendar"
    events = Calendar.from_ical(await response.read()).walk("VEVENT")
    assert len(events) == 12
    assert events[0].decoded("dtstart") == date(2026, 11, 28)


async def test_the_archive_holds_what_was_on_air(citizens: SiteWorld, visitor: Client) -> None:
    assert "Chưa có câu hỏi nào" in await (await visitor.get("/hoi-dap")).text()
    await publish(citizens)
    index = await (await visitor.get("/hoi-dap")).text()
    assert 'href="/hoi-dap/1-doi-the-bao-hiem-y-te-o-dau"' in index
    old = await visitor.get("/hoi-dap/1-ten-cu")
    assert (old.status, old.url.path) == (200, "/hoi-dap/1-doi-the-bao-hiem-y-te-o-dau")


async def test_an_approved_answer_is_archived_once_its_asker_agrees(
    citizens: SiteWorld, visitor: Client
) -> None:
    opened = await citizens.do(prepared)
    assert "Đổi thẻ" not in await (await visitor.get("/hoi-dap")).text()
    await citizens.do(lambda c: samples.agree(c, opened, "publish"))
    assert "Đổi thẻ" in await (await visitor.get("/hoi-dap")).text()


async def test_what_is_withdrawn_is_gone_from_list_and_archive(
    citizens: SiteWorld, visitor: Client
) -> None:
    await publish(citizens)
    gone = update(consent).values(withdrawn_at=citizens.now)
    await citizens.do(lambda c: c.execute(gone).rowcount)
    for path in ("/hoi-dap", MONTH, f"{MONTH}.txt"):
        assert "Đổi thẻ" not in await (await visitor.get(path)).text()


@pytest.mark.parametrize("name", ["feed.atom", "lich.ics"])
@pytest.mark.parametrize("host", ["elsewhere.example", "[", "a b", "x:99999999"])
async def test_links_of_feed_and_calendar_lead_to_our_own_address(
    citizens: SiteWorld, visitor: Client, name: str, host: str
) -> None:
    await publish(citizens)
    response = await visitor.get(f"/chuyen-muc/{name}", headers={"Host": host})
    text = await response.text()
    assert response.status == 200
    assert "http://127.0.0.1:8080/chuyen-muc/" in text
    assert "elsewhere" not in text


async def test_documents_are_written_at_a_readers_pace(
    citizens: SiteWorld, visitor: Client
) -> None:
    await publish(citizens)
    for _ in range(20):
        await visitor.get(f"{MONTH}.txt")
    assert (await visitor.get(f"{MONTH}.docx")).status == 429
    assert (await visitor.get(f"{MONTH}.json")).status == 200
