"""A file of an officer is read, previewed, and imported when somebody confirms."""

from datetime import datetime, timedelta

import pytest

from bot.catalogue.kinds import Kind
from bot.catalogue.repository import public_entry
from bot.catalogue.uploads import NoSuchFile, Upload, Uploads
from bot.store import Store
from knowledge.importers.faults import Fault
from tests.bot.catalogue.samples import NOW
from tests.knowledge.importers.offices import BIRTH, DEATH, HEADING, TITLES, excel

ANNEX = excel(([*TITLES, HEADING, BIRTH, ["3", "x", *DEATH[2:]]], []))


class Time:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def uploads(store: Store, time: Time) -> Uploads:
    return Uploads(store, time)


async def read(uploads: Uploads, data: bytes = ANNEX, name: str = "a.xlsx") -> str:
    file_id = await uploads.take(Upload(name, data, "officer:1"))
    await uploads.read(file_id)
    return file_id


async def test_a_preview_counts_and_changes_nothing(uploads: Uploads, store: Store) -> None:
    row = await uploads.get(await read(uploads))
    assert (row.state, row.kind) == ("ready", Kind.PROCEDURES)
    assert (row.preview["new"], row.preview["rejected"]) == (1, 1)
    assert row.preview["errors"][0]["fault"] == Fault.CODE_OF.name
    assert row.preview["samples"][0]["title"] == "Đăng ký khai sinh"
    assert await store.read(lambda c: public_entry(c, "1.001193")) is None


async def test_a_confirmed_file_is_imported_once_and_its_bytes_are_forgotten(
    uploads: Uploads, store: Store
) -> None:
    file_id = await read(uploads)
    assert [await uploads.confirm(file_id), await uploads.confirm(file_id)] == [True, False]
    await uploads.bring_in(file_id)
    row = await uploads.get(file_id)
    assert (row.state, row.preview["outcome"]["changed"]) == ("done", 1)
    assert await store.read(lambda c: public_entry(c, "1.001193")) is not None
    with pytest.raises(NoSuchFile):
        await uploads.get(file_id, with_data=True)


async def test_the_same_file_again_would_change_nothing(uploads: Uploads) -> None:
    file_id = await read(uploads)
    await uploads.confirm(file_id)
    await uploads.bring_in(file_id)
    again = await uploads.get(await read(uploads))
    assert (again.preview["new"], again.preview["changed"], again.preview["same"]) == (0, 0, 1)


@pytest.mark.parametrize(
    ("data", "name", "fault"),
    [
        pytest.param(b"%PDF-1.7", "a.pdf", "PDF", id="PDF"),
        pytest.param("việc,gì\n1,2\n".encode(), "a.csv", "NO_HEADING", id="no heading"),
        pytest.param(b"a,b\n1,2\n", "a.csv", None, id="columns of no kind"),
    ],
)
async def test_what_cannot_be_read_says_why(
    uploads: Uploads, data: bytes, name: str, fault: str | None
) -> None:
    row = await uploads.get(await read(uploads, data, name))
    assert row.state == "failed"
    assert row.preview["refused"].get("fault") == fault


async def test_an_import_that_died_with_its_process_can_be_taken_up_again(
    uploads: Uploads, time: Time
) -> None:
    file_id = await read(uploads)
    await uploads.confirm(file_id)
    time.now += timedelta(minutes=5)
    assert uploads.is_dead(await uploads.get(file_id))
    assert await uploads.confirm(file_id)


async def test_a_file_nobody_confirms_is_forgotten(uploads: Uploads, time: Time) -> None:
    first = await read(uploads)
    time.now += timedelta(days=8)
    await read(uploads)
    assert len(await uploads.latest()) == 1
    with pytest.raises(NoSuchFile):
        await uploads.get(first)


async def test_a_file_may_be_thrown_away(uploads: Uploads) -> None:
    file_id = await read(uploads)
    await uploads.forget(file_id)
    assert await uploads.latest() == []


async def test_a_source_given_with_the_file_holds_for_rows_that_name_none(
    uploads: Uploads, store: Store
) -> None:
    data = "code,title\n1.000001,Thả diều\n".encode()
    upload = Upload("a.csv", data, "officer:1", source="Quyết định số 5/QĐ-UBND")
    file_id = await uploads.take(upload)
    await uploads.read(file_id)
    await uploads.confirm(file_id)
    await uploads.bring_in(file_id)
    found = await store.read(lambda c: public_entry(c, "1.000001"))
    assert found is not None
    assert found.source == "Quyết định số 5/QĐ-UBND"


async def test_a_preview_says_on_what_law_an_answer_rests(uploads: Uploads) -> None:
    data = "question,answer,legal_basis,source\nLàm ở đâu?,Ở xã.,60/2014/QH13,Sổ tay\n".encode()
    row = await uploads.get(await read(uploads, data, "a.csv"))
    assert row.preview["samples"][0]["legal_basis"] == "60/2014/QH13"
