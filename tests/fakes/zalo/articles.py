"""Articles and broadcasts: made in the background, sent by day, to followers only."""

import secrets
from dataclasses import dataclass, field
from datetime import time, timedelta, timezone
from typing import Any

from tests.fakes.zalo.world import Chats, Clock

_LONGEST = {"title": 150, "author": 50, "description": 300}
_VIET_NAM = timezone(timedelta(hours=7))


@dataclass(slots=True)
class Articles:
    """What was written, and to how many it was sent."""

    clock: Clock
    chats: Chats
    followers: set[str] = field(default_factory=set)
    #: how often `verify` answers that the article is still being made
    slowness: int = 2
    made: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    _under_way: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)

    def create(self, article: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Begin to make an article; return the error code and the token."""
        if code := _problem(article):
            return code, {}
        token = secrets.token_urlsafe(16)
        self._under_way[token] = (self.slowness, article)
        return 0, {"token": token}

    def verify(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Say what has become of an article."""
        token = str(asked.get("token", ""))
        if token not in self._under_way:
            return -201, {}
        left, article = self._under_way[token]
        if left:
            self._under_way[token] = (left - 1, article)
            return -214, {}
        del self._under_way[token]
        article_id = secrets.token_hex(10)
        self.made[article_id] = article
        return 0, {"id": article_id}

    def update(self, article: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Change an article that is made."""
        if article.get("id") not in self.made:
            return -201, {}
        if code := _problem(article):
            return code, {}
        self.made[article["id"]] = article
        return 0, {"token": secrets.token_urlsafe(16)}

    def broadcast(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Send a shown article to all followers, between six and ten."""
        payload = body.get("message", {}).get("attachment", {}).get("payload", {})
        elements = payload.get("elements", [])
        if payload.get("template_type") != "media" or len(elements) != 1:
            return -201, {}
        article = self.made.get(elements[0].get("attachment_id", ""))
        if article is None or article.get("status") != "show":
            return -201, {}
        here = self.clock.now().astimezone(_VIET_NAM).time()
        if not time(6) <= here < time(22):
            return -234, {}
        for user in self.followers:
            self.chats.deliver(user, {"text": f"[bài viết] {article['title']}"})
        message_id = secrets.token_hex(10)
        self.sent.append(message_id)
        return 0, {"message_id": message_id}


def _problem(article: dict[str, Any]) -> int:
    if article.get("type") != "normal" or not article.get("title") or not article.get("body"):
        return -201
    if not str(article.get("cover", {}).get("photo_url", "")).startswith("https://"):
        return -201
    too_long = (len(str(article.get(name, ""))) > most for name, most in _LONGEST.items())
    return -210 if any(too_long) else 0
