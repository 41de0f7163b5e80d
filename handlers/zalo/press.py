"""Articles and broadcasts at Zalo: made hidden, shown, sent to all followers."""

from typing import Any

from aiohttp import ClientConnectorError, ConnectionTimeoutError

from bot.broadcast import Article, Audience
from bot.channels import ChannelUnavailable, OutcomeUnknown, SendError
from bot.store import StoreUnavailable
from handlers.zalo.channel import NAME
from handlers.zalo.client import Answer, Refused, ZaloApi, as_send_error
from handlers.zalo.payloads import part, text, word

_CREATE, _VERIFY, _UPDATE = (f"/v2.0/article/{act}" for act in ("create", "verify", "update"))
_BROADCAST = "/v2.0/oa/message"
_PROCESSING = -214
#: what proves that a request never left us
_NEVER_LEFT = (ClientConnectorError, ConnectionTimeoutError, StoreUnavailable)


class ZaloPress:
    """Implements bot.broadcast.Press."""

    name = NAME

    def __init__(self, api: ZaloApi) -> None:
        self._api = api

    async def create(self, article: Article) -> str:
        """Begin to make a hidden article and return the token to ask by."""
        answer = await self._post(_CREATE, article_body(article, "hide"))
        return self._expect(answer, "token")

    async def finished(self, token: str) -> str | None:
        """Return the article's id, None while it is being made."""
        try:
            answer = await self._api.post(_VERIFY, {"token": token})
        except Refused as refusal:
            if refusal.number == _PROCESSING:
                return None
            raise as_send_error(refusal) from refusal
        return self._expect(answer, "id")

    async def show(self, article: Article, article_id: str) -> None:
        """Let everybody read an article; again changes nothing."""
        await self._post(_UPDATE, {"id": article_id, **article_body(article, "show")})

    async def broadcast(self, article_id: str) -> str:
        """Send an article to all followers and return the message's id."""
        try:
            answer = await self._post(_BROADCAST, broadcast_body(article_id))
        except ChannelUnavailable as error:
            if isinstance(error.__cause__, (*_NEVER_LEFT, Refused)):
                raise
            raise OutcomeUnknown("no answer one could rely on") from error
        return word(part(answer, "data").get("message_id"))

    async def audience(self) -> Audience:
        """Return who would get it."""
        try:
            card = await self._api.account()
        except Refused as refusal:
            raise as_send_error(refusal) from refusal
        followers = word(card.get("num_follower"))
        number = int(followers) if followers.isdecimal() and len(followers) < 10 else 0
        return Audience(text(card, "name"), number, text(card, "package_name"))

    def requests(self, article: Article) -> list[dict[str, Any]]:
        """Return what would be sent, for a dry run."""
        return [
            {"POST": _CREATE, **article_body(article, "hide")},
            {"POST": _BROADCAST, **broadcast_body("…")},
        ]

    async def _post(self, path: str, body: dict[str, Any]) -> Answer:
        try:
            return await self._api.post(path, body)
        except Refused as refusal:
            raise as_send_error(refusal) from refusal

    def _expect(self, answer: Answer, name: str) -> str:
        found = text(part(answer, "data"), name)
        if not found:
            raise SendError(f"an answer without {name}")
        return found


def article_body(article: Article, status: str) -> dict[str, Any]:
    """Return the request that makes an article or changes it."""
    body: dict[str, Any] = {
        "type": "normal",
        "title": article.title,
        "author": article.author,
        "cover": {"cover_type": "photo", "photo_url": article.cover_url, "status": "show"},
        "description": article.description,
        "body": [{"type": "text", "content": text_} for text_ in article.body],
        "status": status,
        "comment": "hide",
    }
    return {**body, "tracking_link": article.link} if article.link else body


def broadcast_body(article_id: str) -> dict[str, Any]:
    """Return the request that sends an article to all followers: without a target, to all."""
    element = {"media_type": "article", "attachment_id": article_id}
    payload = {"template_type": "media", "elements": [element]}
    return {
        "recipient": {"target": {}},
        "message": {"attachment": {"type": "template", "payload": payload}},
    }
