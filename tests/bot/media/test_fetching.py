"""From a provider's address to a file of ours, whatever happens on the way."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import Row, select

from bot.delivery.inbox import accept
from bot.media import ledger
from bot.media.fetching import Fetcher
from bot.media.folder import Folder
from bot.media.remote import Hosts, RemoteFiles
from bot.messages import Attachment, AttachmentKind, Incoming, IncomingKind, Outgoing
from bot.store import Done, Store
from bot.tables.delivery import attachment, message
from tests.bot.delivery.samples import NOW, Ticker
from tests.bot.media.cdn import Cdn, serving
from tests.bot.media.pictures import PERSON, photo, with_code

pytestmark = pytest.mark.engines
VOICE = b"OggS" + b"\0" * 60


@pytest.fixture
async def cdn() -> AsyncIterator[Cdn]:
    async with serving(Cdn()) as cdn:
        yield cdn


@pytest.fixture
def clock() -> Ticker:
    return Ticker()


@pytest.fixture
async def fetcher(store: Store, cdn: Cdn, tmp_path: Path, clock: Ticker) -> AsyncIterator[Fetcher]:
    source = RemoteFiles(Hosts(origins=(cdn.origin,)))
    folder = Folder(tmp_path / "files", free_floor=0)
    yield Fetcher(store, folder, {"zalo": source}, Outgoing("Dạ, kênh không giữ."), clock)
    await source.close()


async def send(store: Store, url: str, kind: AttachmentKind = AttachmentKind.IMAGE) -> None:
    attached = (Attachment(kind, url, "anh.jpg"),)
    event = Incoming("zalo", url, "u1", IncomingKind.ATTACHMENT, NOW, attachments=attached)
    await store.write(partial(accept, incoming=event, raw=b"", now=NOW))


async def lines(store: Store) -> list[Row[Any]]:
    wanted = select(message).order_by(message.c.seq)
    return await store.read(lambda c: list(c.execute(wanted).all()))


async def attached(store: Store) -> dict[str, Any]:
    return dict((await lines(store))[0].body["attachments"][0])


async def test_a_picture_is_ours_at_once(store: Store, cdn: Cdn, fetcher: Fetcher) -> None:
    cdn.files["/a"] = photo()
    await send(store, f"{cdn.origin}/a")
    assert (await attached(store))["state"] == "waiting"
    await fetcher.look()
    kept = await attached(store)
    assert kept["state"] == "kept"
    assert (fetcher.folder.path / kept["url"].removeprefix("file:")).is_file()


async def test_a_voice_message_is_kept_as_it_is(store: Store, cdn: Cdn, fetcher: Fetcher) -> None:
    cdn.files["/v"] = VOICE
    await send(store, f"{cdn.origin}/v", AttachmentKind.AUDIO)
    await fetcher.look()
    rows = await store.read(lambda c: c.execute(select(attachment)).all())
    assert [row.media_type for row in rows] == ["audio/ogg"]


@pytest.mark.parametrize(
    ("content", "state"),
    [
        pytest.param(None, "gone", id="expired"),
        pytest.param(b"MZ" * 99, "refused", id="a program"),
        pytest.param(b"x" * (11 * 1024 * 1024), "too_large", id="too large"),
    ],
)
async def test_the_officer_learns_why_there_is_nothing(
    store: Store, cdn: Cdn, fetcher: Fetcher, content: bytes | None, state: str
) -> None:
    if content is not None:
        cdn.files["/a"] = content
    await send(store, f"{cdn.origin}/a")
    await fetcher.look()
    assert await attached(store) | {"state": state, "url": ""} == await attached(store)


async def test_an_address_off_the_list_is_not_asked(store: Store, fetcher: Fetcher) -> None:
    await send(store, "http://169.254.169.254/latest")
    await fetcher.look()
    assert (await attached(store))["state"] == "refused"


async def test_an_identity_paper_is_not_kept_and_its_sender_is_told(
    store: Store, cdn: Cdn, fetcher: Fetcher
) -> None:
    cdn.files["/a"] = with_code(PERSON)
    await send(store, f"{cdn.origin}/a")
    await fetcher.look()
    told, ours = await lines(store)
    assert told.body["dropped"] == "identity_paper"
    assert (told.body["attachments"], ours.text) == ([], "Dạ, kênh không giữ.")
    assert not fetcher.folder.path.exists()


async def test_a_provider_that_fails_is_asked_again_until_it_is_enough(
    store: Store, cdn: Cdn, fetcher: Fetcher, clock: Ticker
) -> None:
    cdn.answers["/a"] = lambda _: web.Response(status=503)
    await send(store, f"{cdn.origin}/a")
    looks = 0
    while (await attached(store))["state"] == "waiting":
        looks += await fetcher.look()
        clock.now += timedelta(hours=2)
    assert (looks, (await attached(store))["state"]) == (6, "gone")


async def test_what_a_dead_process_had_in_hand_is_taken_up_later(
    store: Store, cdn: Cdn, fetcher: Fetcher, clock: Ticker
) -> None:
    cdn.files["/a"] = photo()
    await send(store, f"{cdn.origin}/a")
    await store.write(lambda c: Done(ledger.take_up(c, 1, clock())))
    assert await fetcher.look() == 0
    clock.now += timedelta(minutes=4)
    assert await fetcher.look() == 1
    assert (await attached(store))["state"] == "kept"
