"""An article from the month's published list. Pure."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.broadcast import Article
from bot.segments.listing import Item, Listing
from bot.wording import Wording

LONGEST = {"title": 150, "author": 50, "description": 300}


def compose(
    listing: Listing, wording: Wording, *, author: str, cover_url: str, base: str
) -> Article:
    """Return the article of a month; texts too long for the provider are cut at a word."""
    year, _, month = listing.month.partition("-")
    link = f"{base.rstrip('/')}/chuyen-muc/{listing.month}" if base else ""
    when = f"{int(month)}/{year}"
    description = wording("article.description", count=len(listing.items), theme=listing.theme)
    return Article(
        title=_cut(wording("article.heading", when=when), LONGEST["title"]),
        author=_cut(author, LONGEST["author"]),
        description=_cut(description, LONGEST["description"]),
        cover_url=cover_url,
        link=link,
        body=tuple(_body(listing, wording, link)),
        items=tuple(item.id for item in listing.items),
    )


def problems(article: Article) -> list[str]:
    """Return what keeps an article from being sent, as message ids."""
    found = []
    if not article.items:
        found.append("broadcast.problem.empty")
    if urlsplit(article.cover_url).scheme != "https":
        found.append("broadcast.problem.cover")
    if not article.author.strip():
        found.append("broadcast.problem.author")
    return found


def still_stands(article: Article, listing: Listing, wording: Wording) -> bool:
    """Whether an approved article says what the list says today: a consent may be gone."""
    today = set(compose(listing, wording, author="", cover_url="", base="").body)
    said = set(article.body[1 : 1 + len(article.items)])
    return listing.published and bool(said) and said <= today


def _body(listing: Listing, wording: Wording, link: str) -> Iterator[str]:
    yield wording("article.opening")
    for item in listing.items:
        yield _told(item, wording)
    yield wording("article.closing", link=link) if link else wording("article.closing.bare")


def _told(item: Item, wording: Wording) -> str:
    lines = [
        wording("article.question", number=item.order, question=item.question),
        wording("article.answer", agency=item.agency, answer=item.answer),
    ]
    if item.basis:
        lines.append(wording("article.basis", basis=item.basis))
    return "\n".join(lines)


def _cut(text: str, longest: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else flat[: longest - 1].rsplit(" ", 1)[0] + "…"
