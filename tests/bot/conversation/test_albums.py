"""Pictures that a channel sends one by one and calls an album are one thought."""

from dataclasses import replace
from datetime import timedelta

from bot.messages import Attachment, AttachmentKind, Incoming, IncomingKind
from tests.bot.conversation.chat import WORDING, Chat


def picture(chat: Chat, text: str = "") -> Incoming:
    image = (Attachment(AttachmentKind.IMAGE, "tg:AgAC"),)
    event = chat.event(IncomingKind.ATTACHMENT, text)
    return replace(event, attachments=image, detail={"album": "1395"})


async def test_the_first_picture_of_an_album_waits_for_the_others(chat: Chat) -> None:
    assert await chat.sends(picture(chat)) == []
    assert await chat.sends(picture(chat), picture(chat)) == []
    (reply,) = await chat.goes_on(timedelta(seconds=2))
    assert reply.text == WORDING("media.pictures")


async def test_the_words_under_one_of_them_are_asked_with_all_of_them(chat: Chat) -> None:
    await chat.sends(picture(chat, "đường trước nhà ngập hoài"), picture(chat))
    await chat.goes_on(timedelta(seconds=2))
    assert chat.states() == ["queued"]


async def test_an_album_of_an_emergency_does_not_wait(chat: Chat) -> None:
    (reply,) = await chat.sends(picture(chat, "cháy nhà rồi cứu với"))
    assert "114" in reply.text
