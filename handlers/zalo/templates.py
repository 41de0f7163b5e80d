"""Template messages of Zalo: the one thing that reaches a citizen outside any window.

https://developers.zalo.me/docs/zalo-notification-service
"""

from collections.abc import Callable
from typing import Any

from bot.channels import (
    ChannelMisconfigured,
    ChannelUnavailable,
    MessageRefused,
    RecipientGone,
    SendError,
)
from bot.reach.templates import Note
from bot.settings import Settings
from handlers.zalo.client import Refused, ZaloApi, as_send_error
from handlers.zalo.payloads import part, word

_BY_PHONE = "/message/template"
_BY_USER = "/v3.0/oa/message/template"
_HOUR = 3600.0

#: the telephone call has a range of codes of its own; the others mean what they mean elsewhere
CODES: dict[int, tuple[type[SendError], str]] = {
    -108: (RecipientGone, "the telephone number is not valid"),
    -114: (RecipientGone, "the number's owner cannot receive template messages"),
    -115: (ChannelMisconfigured, "the account for template messages is empty"),
    -117: (ChannelMisconfigured, "the account may not send this template"),
    -118: (RecipientGone, "nobody on Zalo has this number"),
    -119: (RecipientGone, "the number's owner cannot receive template messages"),
    -131: (ChannelMisconfigured, "the template is not approved, or its data have other names"),
    -133: (ChannelUnavailable, "not at night"),
    -135: (ChannelMisconfigured, "the account may not send template messages"),
    -136: (ChannelMisconfigured, "no billing account is linked"),
    -137: (ChannelMisconfigured, "the billing account cannot be charged"),
    -139: (RecipientGone, "the number's owner declines this kind of message"),
    -140: (RecipientGone, "the number's owner declines this kind of message"),
    -141: (RecipientGone, "the number's owner declines messages of this account"),
    -144: (ChannelUnavailable, "today's quota of template messages is used up"),
    -147: (ChannelUnavailable, "today's quota of this template is used up"),
}


class ZaloTemplates:
    """Says that an answer waits, by an approved template; implements bot.reach.templates.Templates.

    Its only parameter is the code of the question, under the `name` it was approved with.
    """

    channel = "zalo"

    def __init__(self, api: ZaloApi, to: str, template_id: str, name: str) -> None:
        self._api = api
        self.to = to
        self._template_id = template_id
        self._name = name

    async def tell(self, note: Note) -> str:
        """Send and return the provider's id, or raise one of the SendError family."""
        path, body = self._request(note)
        try:
            answer = await self._api.post(path, body)
        except Refused as refusal:
            raise failure(refusal) from refusal
        data = part(answer, "data")
        return word(data.get("msg_id")) or word(data.get("message_id"))

    def _request(self, note: Note) -> tuple[str, dict[str, Any]]:
        body = {"template_id": self._template_id, "template_data": {self._name: note.code}}
        if self.to == "user":
            return _BY_USER, {"user_id": note.user, **body}
        if note.phone is None:
            raise MessageRefused("there is no number to send to")
        number = note.phone.removeprefix("+")
        return _BY_PHONE, {"phone": number, **body, "tracking_id": note.tracking_id}


def failure(refusal: Refused) -> SendError:
    """Return what a refusal means; the numbers of this call go before those of all others."""
    kind, meaning = CODES.get(refusal.number, (None, ""))
    if kind is None:
        return as_send_error(refusal)
    error = kind(f"{refusal.number}: {meaning}")
    if error.retryable:
        error.retry_after = _HOUR
    return error


def templates_of(settings: Settings, api_at: Callable[[str], ZaloApi]) -> list[ZaloTemplates]:
    """Return what the settings switch on: nothing, by number, or by user id."""
    name = settings.zalo_template_field
    if settings.zalo_template_to == "phone":
        api = api_at(settings.zalo_business_base)
        return [ZaloTemplates(api, "phone", settings.zalo_zns_template_id, name)]
    if settings.zalo_template_to == "user":
        api = api_at(settings.zalo_api_base)
        return [ZaloTemplates(api, "user", settings.zalo_template_id, name)]
    return []
