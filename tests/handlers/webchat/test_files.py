"""Files of citizens: told by content, kept apart, drawn anew."""

import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, FormData
from PIL import Image
from sqlalchemy import select

from bot.media.content import MAX_FILE, NotTaken, examine
from bot.messages import IDENTITY_PAPER
from bot.tables.delivery import attachment, inbox
from handlers.webchat.limits import Allowance, RateLimit
from tests.bot.media.pictures import PERSON, with_code
from tests.handlers.site_world import Client, SiteWorld, lines_of, open_chat, visiting

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def picture(shape: str = "JPEG", **options: Any) -> bytes:  # noqa: ANN401
    out = BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, shape, **options)
    return out.getvalue()


def located() -> bytes:
    """A photo that says where and with what it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Hãng máy ảnh"
    exif.get_ifd(0x8825)[1] = "N"
    return picture(exif=exif)


def document(*more: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", "word/document.xml", *more):
            archive.writestr(name, "<x/>")
    return out.getvalue()


async def upload(client: Client, token: str, content: bytes, **fields: str) -> ClientResponse:
    form = FormData(fields, quote_fields=False)
    form.add_field("file", BytesIO(content), filename="../../Giấy chứng sinh.JPG")
    return await client.post(f"/api/v1/chat/{token}/files", data=form)


@pytest.mark.parametrize(
    ("content", "media_type", "extension"),
    [
        pytest.param(picture(), "image/jpeg", ".jpg", id="JPEG"),
        pytest.param(picture("PNG"), "image/png", ".png", id="PNG"),
        pytest.param(PDF, "application/pdf", ".pdf", id="PDF"),
        pytest.param(document(), "wordprocessingml.document", ".docx", id="DOCX"),
    ],
)
def test_a_file_is_known_by_its_content(content: bytes, media_type: str, extension: str) -> None:
    kept = examine(content)
    assert (kept.media_type.endswith(media_type), kept.extension) == (True, extension)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"xin chao", id="text"),
        pytest.param(b"<svg onload=alert(1)>", id="SVG"),
        pytest.param(b"MZ" + b"\0" * 200, id="program"),
        pytest.param(picture("GIF"), id="GIF"),
        pytest.param(picture()[:80], id="torn JPEG"),
        pytest.param(b"\xff\xd8\xff" + b"\0" * 500, id="JPEG by its first bytes only"),
        pytest.param(PDF[:20], id="torn PDF"),
        pytest.param(document("word/vbaProject.bin"), id="document with macros"),
        pytest.param(document()[:60], id="torn DOCX"),
    ],
)
def test_anything_else_is_not_taken(content: bytes) -> None:
    with pytest.raises(NotTaken):
        examine(content)


def test_an_archive_that_is_no_document_is_not_taken() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("virus.exe", "x")
    with pytest.raises(NotTaken):
        examine(out.getvalue())


def test_a_picture_forgets_where_it_was_taken() -> None:
    assert b"Exif" in located()
    with Image.open(BytesIO(examine(located()).content)) as kept:
        assert not kept.getexif()
        assert "exif" not in kept.info


def test_a_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(BytesIO(examine(picture(exif=exif)).content)) as kept:
        assert kept.size == (40, 60)


def test_what_is_hidden_behind_a_picture_is_left_out() -> None:
    assert b"<?php" not in examine(picture() + b"<?php evil() ?>").content


def test_a_picture_that_would_fill_the_memory_is_not_taken() -> None:
    out = BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    with pytest.raises(NotTaken):
        examine(out.getvalue())


def test_a_picture_as_telephones_make_it_is_taken() -> None:
    out = BytesIO()
    Image.new("L", (4608, 3456)).save(out, "PNG")
    with Image.open(BytesIO(examine(out.getvalue()).content)) as kept:
        assert max(kept.size) == 3000


@pytest.mark.parametrize(
    ("size", "options", "taken"),
    [
        pytest.param((7300, 5400), {}, True, id="a large photo is decoded at half its size"),
        pytest.param((7300, 5400), {"progressive": True}, False, id="which progressive cannot be"),
        pytest.param((9000, 6000), {}, False, id="larger than cameras make it"),
    ],
)
def test_a_large_photo_is_taken_as_far_as_the_memory_goes(
    size: tuple[int, int], options: dict[str, bool], taken: bool
) -> None:
    out = BytesIO()
    Image.new("L", size).save(out, "JPEG", **options)
    if taken:
        assert examine(out.getvalue()).extension == ".jpg"
    else:
        with pytest.raises(NotTaken):
            examine(out.getvalue())


async def test_an_uploaded_file_becomes_a_message(citizens: SiteWorld, visitor: Client) -> None:
    token = await open_chat(visitor)
    response = await upload(visitor, token, picture(), client_id="p1")
    assert (response.status, await response.json()) == (202, {"seq": 1, "duplicate": False})
    assert (await lines_of(visitor, token))[0]["files"] == ["Giấy chứng sinh.jpg"]
    event = await citizens.store.read(lambda c: c.execute(select(inbox.c.event)).scalar_one())
    row = await citizens.store.read(lambda c: c.execute(select(attachment)).one())
    assert event["attachments"][0]["url"] == f"file:{row.id}"
    assert (event["kind"], row.state, row.media_type) == ("attachment", "kept", "image/jpeg")


async def test_an_identity_paper_never_reaches_the_folder(
    citizens: SiteWorld, visitor: Client
) -> None:
    token = await open_chat(visitor)
    assert (await upload(visitor, token, with_code(PERSON))).status == 202
    assert not citizens.files.exists() or list(citizens.files.iterdir()) == []
    event = await citizens.store.read(lambda c: c.execute(select(inbox.c.event)).scalar_one())
    assert event["attachments"][0]["url"] == IDENTITY_PAPER
    assert await citizens.store.read(lambda c: c.execute(select(attachment)).all()) == []


async def test_it_lies_under_a_name_that_tells_nothing(
    citizens: SiteWorld, visitor: Client
) -> None:
    token = await open_chat(visitor)
    await upload(visitor, token, PDF)
    (path,) = citizens.files.iterdir()
    assert (path.read_bytes(), len(path.name), path.stat().st_mode & 0o777) == (PDF, 43, 0o600)
    assert not path.is_relative_to(Path(__file__).parents[3] / "handlers")


async def test_a_repeated_upload_is_kept_once(citizens: SiteWorld, visitor: Client) -> None:
    token = await open_chat(visitor)
    for _ in range(2):
        response = await upload(visitor, token, PDF, client_id="same")
    assert await response.json() == {"seq": 1, "duplicate": True}
    assert len(list(citizens.files.iterdir())) == 1
    assert (await upload(visitor, token, picture(), client_id="same")).status == 409
    assert len(list(citizens.files.iterdir())) == 1


async def test_the_whole_body_may_be_the_file(visitor: Client) -> None:
    token = await open_chat(visitor)
    address = f"/api/v1/chat/{token}/files"
    headers = {"Content-Type": "application/pdf"}
    assert (await visitor.post(address, data=PDF, headers=headers)).status == 202


async def test_the_name_of_a_file_does_not_decide_what_it_is(
    citizens: SiteWorld, visitor: Client
) -> None:
    token = await open_chat(visitor)
    assert (await upload(visitor, token, b"<script>")).status == 415
    assert not citizens.files.exists()


@pytest.mark.parametrize("as_form", [True, False], ids=["form", "body"])
async def test_more_than_five_megabytes_are_too_much(visitor: Client, as_form: bool) -> None:
    token = await open_chat(visitor)
    content = PDF.ljust(MAX_FILE + 1, b" ")
    if as_form:
        response = await upload(visitor, token, content)
    else:
        response = await visitor.post(f"/api/v1/chat/{token}/files", data=BytesIO(content))
    assert response.status == 413


async def test_nobody_uploads_to_a_conversation_they_do_not_hold(visitor: Client) -> None:
    assert (await upload(visitor, "khong-co", PDF)).status == 404


async def test_a_form_without_a_file_is_not_taken(visitor: Client) -> None:
    token = await open_chat(visitor)
    form = FormData({"client_id": "a"}, default_to_multipart=True)
    assert (await visitor.post(f"/api/v1/chat/{token}/files", data=form)).status == 415


async def test_one_caller_sends_so_many_bytes_and_then_waits(citizens: SiteWorld) -> None:
    few = RateLimit(Allowance(burst=2000, per_second=1.0))
    citizens.chat.reception = replace(citizens.chat.reception, bytes=few)
    async with visiting(citizens) as client:
        tokens = [await open_chat(client) for _ in range(3)]
        answers = [await upload(client, token, PDF.ljust(900)) for token in tokens]
    assert [a.status for a in answers] == [202, 429, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


async def test_no_file_is_taken_when_the_disk_is_almost_full(citizens: SiteWorld) -> None:
    citizens.free_floor = 1 << 60
    async with visiting(citizens) as client:
        answer = await upload(client, await open_chat(client), PDF)
    assert (answer.status, "Retry-After" in answer.headers) == (503, True)
    assert not citizens.files.exists()


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"Content-Transfer-Encoding: zzz", id="unknown transfer encoding"),
        pytest.param(b"Content-Encoding: zzz", id="unknown packing"),
    ],
)
async def test_a_part_that_nobody_can_read_is_a_bad_request(visitor: Client, head: bytes) -> None:
    path = f"/api/v1/chat/{await open_chat(visitor)}/files"
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n' + head
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    body = part + b"\r\n\r\nabc\r\n--x--\r\n"
    assert (await visitor.post(path, data=body, headers=headers)).status in (400, 415)
