"""The desk of knowledge: what waits to be learned, what is held back, files, models, reasons."""

from bot.catalogue.uploads import Uploads
from bot.clock import WorkCalendar
from bot.learning.retraining import Retraining
from bot.moments import Clock
from bot.settings import Settings, own_hosts
from bot.store import Store
from bot.wording import Wording
from handlers.console.background import Background
from handlers.console.findings import Findings
from handlers.console.imports import Imports
from handlers.console.lessons import Lessons
from handlers.console.models import Models
from handlers.console.reasons import Decider, Reasons
from handlers.console.rendering import Pages
from handlers.routes import Route


class KnowledgeDesk:
    """All pages of the console about knowledge; one engine of templates for them."""

    def __init__(
        self,
        store: Store,
        library: Decider,
        wording: Wording,
        clock: Clock,
        calendar: WorkCalendar,
        settings: Settings,
    ) -> None:
        pages = Pages(wording, calendar, clock, settings)
        retraining = Retraining(store, settings.var_dir / "index", clock)
        background, own = Background(), own_hosts(settings)
        self._parts = (
            Lessons(store, clock, pages, wording, own),
            Findings(store, clock, pages, own),
            Imports(Uploads(store, clock), pages, wording, background),
            Models(store, clock, pages, retraining, library),
            Reasons(store, clock, pages, library, wording),
        )

    def routes(self) -> list[Route]:
        """Return every route of the desk."""
        return [route for part in self._parts for route in part.routes()]
