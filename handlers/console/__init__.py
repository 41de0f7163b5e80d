"""The officers' console at /can-bo."""

from bot.clock import WorkCalendar
from bot.conversation.letters import dropped_message
from bot.media.folder import Folder
from bot.moments import Clock
from bot.office.letters import DeskLetters
from bot.office.office import Office
from bot.officers.passwords import Hasher
from bot.settings import Settings, own_hosts
from bot.store import Store
from bot.wording import Wording
from handlers.console.accounts import Accounts
from handlers.console.barring import Barring
from handlers.console.calls import Calls
from handlers.console.erasure import Erasure
from handlers.console.files import CitizensFiles
from handlers.console.login import Login
from handlers.console.question import QuestionPages
from handlers.console.queue import Queue
from handlers.console.rendering import Pages
from handlers.console.telegram import TelegramPage
from handlers.console.untold import UntoldPage
from handlers.routes import Route


class Console:
    """All pages of the console."""

    def __init__(
        self,
        store: Store,
        wording: Wording,
        clock: Clock,
        calendar: WorkCalendar,
        hasher: Hasher,
        settings: Settings,
    ) -> None:
        pages = Pages(wording, calendar, clock, settings)
        own = own_hosts(settings)
        office = Office(store, clock, DeskLetters(wording), own)
        self._parts = (
            pages,
            Login(store, clock, hasher, pages, settings),
            Queue(store, pages),
            QuestionPages(store, clock, office, pages, wording),
            Calls(store, clock),
            UntoldPage(store, clock, pages, wording),
            CitizensFiles(
                store, Folder(settings.var_dir / "files"), dropped_message(wording), clock
            ),
            Erasure(store, clock),
            Barring(store, clock),
            Accounts(store, clock, hasher, pages),
            TelegramPage(store, clock, pages, is_on=settings.telegram_enabled),
        )

    def routes(self) -> list[Route]:
        """Return every route under /can-bo."""
        return [route for part in self._parts for route in part.routes()]
