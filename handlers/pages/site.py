"""All public pages, from what they are built of."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from bot.clock import WorkCalendar
from bot.moments import Clock
from bot.settings import Settings
from bot.store import Store
from bot.wording import Wording
from handlers.pages.archive import Archive
from handlers.pages.embedding import Embedding
from handlers.pages.home import Home
from handlers.pages.knowledge import Library
from handlers.pages.lookup import Lookup
from handlers.pages.procedures import Procedures
from handlers.pages.proof import DomainProof
from handlers.pages.segments import Segments
from handlers.pages.static import Static
from handlers.rendering import Templates
from handlers.routes import Route


@dataclass(frozen=True)
class Pages:
    """Everything a citizen reads; `templates` also renders the chat without a script."""

    store: Store
    library: Library
    wording: Wording
    calendar: WorkCalendar
    clock: Clock
    settings: Settings

    def routes(self) -> list[Route]:
        """Return the routes of every public page."""
        sources = (
            self._static,
            self._home(),
            DomainProof(self.settings.zalo_domain_proof),
            Embedding(self.templates, self.wording),
            Lookup(self.store, self.templates, self.clock, self.own_host),
            Procedures(self.library, self.templates, self.own_host),
            Archive(self.store, self.templates),
            self._segments(),
        )
        return [route for source in sources for route in source.routes()]

    @cached_property
    def templates(self) -> Templates:
        """The engine of public pages, with the words and addresses they share."""
        province, address = self.settings.province, self._static.address
        return Templates(self.wording, self.calendar, province, address)

    @property
    def own_host(self) -> str:
        """The host of our own forms, as browsers name it in Origin."""
        return urlsplit(self.settings.public_url).netloc

    def error_page(self, title: str, text: str) -> str:
        """Return a page that tells in words what went wrong."""
        return self.templates.text("error.html", title=title, text=text)

    @cached_property
    def _static(self) -> Static:
        return Static()

    def _home(self) -> Home:
        return Home(
            self.store,
            self.library,
            self.templates,
            self.calendar,
            self.clock,
            self.settings.zalo_domain_proof,
        )

    def _segments(self) -> Segments:
        return Segments(
            self.store,
            self.templates,
            self.wording,
            self.calendar,
            self.clock,
            own_address(self.settings),
        )


def own_address(settings: Settings) -> str:
    """Return where we are found, as far as we know ourselves.

    >>> own_address(Settings(public_url="https://danhoi.example/"))
    'https://danhoi.example'
    """
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.public_url.rstrip("/") or f"http://{host}:{settings.port}"
