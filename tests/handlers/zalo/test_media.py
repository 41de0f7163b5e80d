"""Pictures, documents, forms and people without an account, against the fake's rules."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image
from sqlalchemy import Connection, func, select

from bot.channels import Delivery, MessageRefused, OutcomeUnknown
from bot.delivery.numbering import open_conversation
from bot.delivery.outbox import post
from bot.delivery.pace import Rate, reserve
from bot.delivery.sender import Searchable
from bot.messages import Attachment, AttachmentKind, Button, ContactForm, Outgoing
from bot.store import Done, Store
from bot.tables.delivery import outbox
from handlers.zalo import ZaloParts
from handlers.zalo.channel import NAME
from handlers.zalo.requests import bodies
from tests.fakes.zalo.server import FakeZalo
from tests.fakes.zalo.trouble import Kind
from tests.handlers.zalo.samples import USER, delivery
from tests.handlers.zalo.test_sending import intend

Send = Callable[[Outgoing], Awaitable[list[str]]]
PDF = b"%PDF-1.7 cong khai"


@pytest.fixture(autouse=True)
def citizen(zalo: FakeZalo) -> None:
    zalo.chats.wrote(USER, "b000000000000000000a", "cho tôi hỏi")


def picture(side: int, mode: str = "PNG") -> bytes:
    out = BytesIO()
    noise = Random(1).randbytes(side * side * 3)
    Image.frombytes("RGB", (side, side), noise).save(out, mode)
    return out.getvalue()


def kept(folder: Path, name: str, data: bytes) -> str:
    (folder / "files").mkdir(exist_ok=True)
    (folder / "files" / name).write_bytes(data)
    return f"file:{name}"


@pytest.fixture
def send(parts: ZaloParts, zalo: FakeZalo, store: Store) -> Send:
    """Return what sends a message that stands in the outbox, and says what arrived so far."""

    def intend(connection: Connection, outgoing: Outgoing) -> Done[int]:
        now = zalo.clock.now()
        chat = open_conversation(connection, NAME, USER, now)
        post(connection, chat, f"test {now}", [outgoing], now)
        return Done(connection.execute(select(func.max(outbox.c.id))).scalar_one())

    async def deliver(outgoing: Outgoing) -> list[str]:
        outbox_id = await store.write(lambda c: intend(c, outgoing))
        await parts.channel.send(Delivery(outbox_id, 1, USER, outgoing))
        return [line["shown"] for line in zalo.chats.deliveries(USER)]

    return deliver


def with_files(*files: Attachment) -> Outgoing:
    return Outgoing("Dạ, mẫu đơn đây ạ.", files=files)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(picture(50), id="small PNG"),
        pytest.param(picture(900), id="over a megabyte"),
        pytest.param(picture(50, "WEBP"), id="of another kind"),
    ],
)
async def test_a_picture_of_ours_is_uploaded_and_follows_the_text(
    send: Send, tmp_path: Path, data: bytes
) -> None:
    url = kept(tmp_path, "anh", data)
    assert await send(with_files(Attachment(AttachmentKind.IMAGE, url))) == ["text", "photo"]


async def test_a_document_goes_as_a_file_and_is_uploaded_once(
    send: Send, zalo: FakeZalo, tmp_path: Path
) -> None:
    document = Attachment(AttachmentKind.FILE, kept(tmp_path, "mau", PDF), "mau.pdf")
    await send(with_files(document))
    assert await send(with_files(document)) == ["text", "file"] * 2
    assert zalo.api.uploads.calls == 1


async def test_a_document_of_four_megabytes_goes_too(send: Send, tmp_path: Path) -> None:
    url = kept(tmp_path, "lon", PDF + b"x" * (4 << 20))
    assert await send(with_files(Attachment(AttachmentKind.FILE, url))) == ["text", "file"]


async def test_an_upload_that_zalo_forgot_is_made_again(
    send: Send, zalo: FakeZalo, tmp_path: Path
) -> None:
    document = Attachment(AttachmentKind.FILE, kept(tmp_path, "mau", PDF), "mau.pdf")
    await send(with_files(document))
    zalo.api.uploads.known = dict.fromkeys(zalo.api.uploads.known, zalo.clock.now())
    assert await send(with_files(document)) == ["text", "file"] * 2
    assert zalo.api.uploads.calls == 2


async def test_uploads_are_renewed_before_zalo_forgets_them(
    send: Send, zalo: FakeZalo, tmp_path: Path
) -> None:
    document = Attachment(AttachmentKind.FILE, kept(tmp_path, "mau", PDF), "mau.pdf")
    await send(with_files(document))
    zalo.clock.ahead += timedelta(days=6, hours=1)
    zalo.tokens.issue()
    zalo.chats.wrote(USER, "b000000000000000000b", "alo")
    await send(with_files(document))
    assert zalo.api.uploads.calls == 2


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"MZ\x90", id="a program"),
        pytest.param(PDF + b"x" * (5 << 20), id="over five megabytes"),
        pytest.param(None, id="gone"),
    ],
)
async def test_what_zalo_would_not_take_is_told_the_officer(
    send: Send, zalo: FakeZalo, tmp_path: Path, data: bytes | None
) -> None:
    url = "file:../secret.key" if data is None else kept(tmp_path, "tep", data)
    with pytest.raises(MessageRefused):
        await send(with_files(Attachment(AttachmentKind.FILE, url)))
    assert [line["shown"] for line in zalo.chats.deliveries(USER)] == ["text"]


async def test_a_form_for_name_and_telephone_comes_last(send: Send) -> None:
    form = ContactForm("Dân hỏi", "Xin cho số điện thoại", "https://danhoi.example.vn/a.png")
    body = bodies(USER, Outgoing("Dạ.", form=form))[-1]
    assert body["message"]["attachment"]["payload"] == {
        "template_type": "request_user_info",
        "elements": [{"title": form.title, "subtitle": form.subtitle, "image_url": form.image_url}],
    }
    assert await send(Outgoing("Dạ.", form=form)) == ["text", "photo"]


def test_what_cannot_be_sent_as_such_is_an_address_in_the_text() -> None:
    link = Attachment(AttachmentKind.LINK, "https://dichvucong.gov.vn/", "Cổng dịch vụ công")
    (body,) = bodies(USER, Outgoing("Dạ.", files=(link,)))
    assert body["message"] == {"text": "Dạ.\n- Cổng dịch vụ công: https://dichvucong.gov.vn/"}


async def test_somebody_without_an_account_reads_everything_as_text(
    parts: ZaloParts, zalo: FakeZalo
) -> None:
    who = "anon:anon-1:conv-1"
    zalo.chats.wrote(who, "m1", "giờ làm việc?")
    (body,) = bodies(who, Outgoing("Dạ, chọn:", buttons=(Button("Rõ", "#x:helped"),)))
    assert body["message"] == {"text": "Dạ, chọn:\n- Rõ"}
    assert body["recipient"] == {"anonymous_id": "anon-1", "conversation_id": "conv-1"}
    sent = delivery("Dạ, 7 giờ ạ.")
    await parts.channel.send(type(sent)(1, 1, who, sent.message))
    assert [line["text"] for line in zalo.chats.deliveries(who)] == ["Dạ, 7 giờ ạ."]


async def test_where_the_minute_is_used_up_nobody_asks_for_more(
    parts: ZaloParts, zalo: FakeZalo, store: Store
) -> None:
    zalo.api.per_minute, rate = 1, Rate(2000, 20)
    await parts.channel.send(delivery("Một"))
    wait = await store.write(lambda c: Done(reserve(c, "zalo", rate, zalo.clock.now())))
    assert timedelta() < wait <= timedelta(minutes=1)


@pytest.mark.parametrize("kind", [Kind.CUT_AFTER, Kind.SILENCE_AFTER])
async def test_a_picture_that_arrived_unanswered_is_not_shown_twice(
    parts: ZaloParts, zalo: FakeZalo, store: Store, tmp_path: Path, kind: Kind
) -> None:
    files = (Attachment(AttachmentKind.IMAGE, kept(tmp_path, "anh", picture(20))),)
    await intend(store, zalo, "Dạ.")
    message = delivery("Dạ.", files=files)
    zalo.troubles.add("send", Kind.DELAY)
    zalo.troubles.add("send", kind)
    with pytest.raises(OutcomeUnknown):
        await parts.channel.send(message)
    assert isinstance(parts.channel, Searchable)
    found = await parts.channel.find_sent(message)
    assert found is not None
    assert len(found.message_ids) == len(zalo.chats.deliveries(USER)) == 2
