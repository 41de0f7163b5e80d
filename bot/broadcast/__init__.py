"""The month's programme as one article to everybody who follows an account. Never twice.

draft → approved (by a second person) → creating → processing → ready → sending → sent
Whatever nobody can tell is `unknown` and waits for a person; an article is made hidden and shown
only when it goes out, so that a second making harms nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from bot.errors import BotError


class State(StrEnum):
    """How far a broadcast has come."""

    DRAFT = "draft"
    APPROVED = "approved"
    CREATING = "creating"
    PROCESSING = "processing"
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Article:
    """What followers read. `items` names the questions of the segment it was made from."""

    title: str
    author: str
    description: str
    cover_url: str
    link: str
    body: tuple[str, ...]
    items: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {
            "title": self.title,
            "author": self.author,
            "description": self.description,
            "cover_url": self.cover_url,
            "link": self.link,
            "body": list(self.body),
            "items": list(self.items),
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "Article":
        """Rebuild what `as_json` wrote."""
        lists = {"body": tuple(record["body"]), "items": tuple(record["items"])}
        return cls(**{**record, **lists})


@dataclass(frozen=True, slots=True)
class Audience:
    """Who would get it, as the provider tells."""

    name: str
    followers: int
    package: str


class Press(Protocol):
    """How a channel makes articles and sends them; every method may raise a SendError."""

    name: str

    async def create(self, article: Article) -> str:
        """Begin to make a hidden article and return the token to ask by."""

    async def finished(self, token: str) -> str | None:
        """Return the article's id, None while it is being made."""

    async def show(self, article: Article, article_id: str) -> None:
        """Let everybody read an article; again changes nothing."""

    async def broadcast(self, article_id: str) -> str:
        """Send an article to all followers and return the message's id.

        Raises OutcomeUnknown for whatever does not prove that nothing was sent.
        """

    async def audience(self) -> Audience:
        """Return who would get it."""

    def requests(self, article: Article) -> list[dict[str, Any]]:
        """Return what would be sent, for a dry run."""


class SecondPersonNeeded(BotError):
    """Người soạn không tự duyệt bài của mình: mời một người khác."""


class NotNow(BotError):
    """Bài này vừa được người khác thay đổi hoặc đã gửi. Mời tải lại trang."""


class NotPublished(BotError):
    """Danh mục tháng này chưa công bố nên chưa soạn bài được."""
