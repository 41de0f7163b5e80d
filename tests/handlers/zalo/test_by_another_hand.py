"""Not only our own reading: a published client of Zalo's API against our fake, and against us."""

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from zalo_sdk.oa import (
    Client,
    ZaloAction,
    ZaloAttachment,
    ZaloAttachmentTemplate,
    ZaloMessageBody,
    ZaloRecipient,
    ZaloTemplateElement,
    ZaloTemplateType,
)
from zalo_sdk.ZaloOAException import ZaloOAException

from bot.messages import Attachment, AttachmentKind, ContactForm, Outgoing
from handlers.zalo.oauth import challenge_of, consent_url, new_verifier
from handlers.zalo.requests import bodies
from tests.fakes.zalo.server import FakeZalo
from tests.handlers.zalo.samples import USER

PICTURE = "https://danhoi.example.vn/so-do.jpg"
FORM = ContactForm("Dân hỏi", "Xin cho số điện thoại", "https://danhoi.example.vn/a.png")


@pytest.fixture
def client(zalo: FakeZalo) -> Client:
    """Return the published client, pointed at the fake by its own option."""
    zalo.chats.wrote(USER, "m1", "cho tôi hỏi")
    account, token = zalo.account, zalo.tokens.issue()["access_token"]
    return Client(account.app_id, account.app_secret, token, endpoint_prefix=zalo.address)


def template(kind: ZaloTemplateType, **element: str) -> ZaloMessageBody:
    payload = ZaloAttachmentTemplate(kind, [ZaloTemplateElement(**element)], []).toDict()
    payload.pop("buttons")  # it writes an empty list beside the elements
    return ZaloMessageBody(attachment=ZaloAttachment("template", payload))


THEIRS_AND_OURS = [
    pytest.param(ZaloMessageBody(text="Dạ."), Outgoing("Dạ."), id="text"),
    pytest.param(
        ZaloMessageBody(text="Dạ.", quote_message_id="m1"), Outgoing("Dạ.", quotes="m1"), id="quote"
    ),
    pytest.param(
        template(ZaloTemplateType.media, media_type="image", url=PICTURE),
        Outgoing("", files=(Attachment(AttachmentKind.IMAGE, PICTURE),)),
        id="picture",
    ),
    pytest.param(
        ZaloMessageBody(attachment=ZaloAttachment("file", {"token": "file:a"})),
        Outgoing("", files=(Attachment(AttachmentKind.FILE, "file:a"),)),
        id="file",
    ),
    pytest.param(
        template(
            ZaloTemplateType.request_user_info,
            title=FORM.title,
            subtitle=FORM.subtitle,
            image_url=FORM.image_url,
        ),
        Outgoing("", form=FORM),
        id="form",
    ),
]


@pytest.mark.parametrize(("theirs", "ours"), THEIRS_AND_OURS)
def test_it_writes_the_same_requests_as_we_do(
    client: Client, theirs: ZaloMessageBody, ours: Outgoing
) -> None:
    body = client.create_request_body(ZaloRecipient(user_id=USER), theirs)
    assert bodies(USER, ours)[-1] == body


async def call(method: Any, *arguments: Any, **more: Any) -> Any:  # noqa: ANN401
    return await asyncio.to_thread(method, *arguments, **more)


async def test_the_fake_answers_it_as_zalo_would(client: Client, zalo: FakeZalo) -> None:
    sent = await call(client.send_message, ZaloRecipient(user_id=USER), ZaloMessageBody(text="Dạ."))
    (seen,) = zalo.chats.deliveries(USER)
    assert sent["data"]["message_id"] == seen["message_id"]
    uploaded = await call(client.upload_file, b"%PDF-1.7", "file", "mau.pdf", "application/pdf")
    file = ZaloMessageBody(attachment=ZaloAttachment("file", {"token": uploaded["data"]["token"]}))
    await call(client.send_message, ZaloRecipient(user_id=USER), file)
    heart = ZaloAction("/-heart", "m1")
    await call(client.send_message, ZaloRecipient(user_id=USER), action=heart, category="action")
    quota = await call(client.get_zalo_user_quotas, USER)
    assert quota["data"]["last_interaction"].isdigit()


async def test_it_reads_the_fakes_refusals(client: Client) -> None:
    with pytest.raises(ZaloOAException):
        await call(
            client.send_message, ZaloRecipient(user_id="stranger"), ZaloMessageBody(text="Dạ.")
        )
    with pytest.raises(ZaloOAException):
        await call(client.get_profile, USER)


def test_it_asks_for_consent_at_the_same_address(client: Client, zalo: FakeZalo) -> None:
    challenge, back = challenge_of(new_verifier()), "https://danhoi.example.vn/can-bo/zalo/dong-y"
    theirs = urlsplit(client.request_authoriation_code_url(back, challenge, "s1"))
    ours = urlsplit(
        consent_url("https://oauth.zaloapp.com", zalo.account.app_id, back, challenge, "s1")
    )
    assert (ours.netloc, ours.path) == (theirs.netloc, theirs.path)
    assert parse_qs(ours.query) == parse_qs(theirs.query)
