"""What decides: the weights in force, what was learned, and the way back."""

from aiohttp import web
from sqlalchemy import Connection

from bot.catalogue import models
from bot.catalogue.models import NoSuchModel
from bot.learning.evidence import known_answers
from bot.learning.retraining import Retraining
from bot.moments import Clock
from bot.officers import Role, accounts
from bot.store import Done, Store
from handlers.access import SESSION
from handlers.console.background import Background
from handlers.console.reasons import Decider
from handlers.console.rendering import Pages
from handlers.forms import read_form
from handlers.routes import Access, Route
from knowledge.model import shipped
from knowledge.versions import Version

PAGE = "/can-bo/kien-thuc/mo-hinh"
_KEEPERS = frozenset({Role.COORDINATOR, Role.ADMIN})


class Models:
    """The page of models."""

    def __init__(
        self, store: Store, clock: Clock, pages: Pages, retraining: Retraining, library: Decider
    ) -> None:
        self._store = store
        self._clock = clock
        self._pages = pages
        self._retraining = retraining
        self._library = library
        self._background = Background()

    def routes(self) -> list[Route]:
        """Return the page and its two acts: train, return to a former model."""
        return [
            Route("GET", PAGE, self.show, Access.SESSION, _KEEPERS),
            Route("POST", PAGE, self.act, Access.SESSION, _KEEPERS),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """Show which weights decide, and how each training ended."""
        rows, in_force, past, names = await self._store.read(
            lambda c: (
                models.all_models(c),
                models.in_force(c),
                known_answers(c, self._clock()),
                accounts.names_by_actor(c),
            )
        )
        kinds = ("reviewed", "confirmed", "chosen", "kept")
        return self._pages.render(
            request,
            "models.html",
            here="lessons",
            tab="models",
            rows=rows,
            names=names,
            in_force=in_force,
            shipped=shipped().version,
            version=Version.parse(self._library.version.partition("-")[2]),
            past={how: sum(one.how == how for one in past) for how in kinds},
            training=self._background.busy,
            done=request.query.get("xong", ""),
        )

    async def act(self, request: web.Request) -> web.StreamResponse:
        """Begin a training, or put a former model in force again."""
        officer, form = request[SESSION].officer, await read_form(request)
        if form.get("act") == "train":
            if not self._background.busy:
                self._background.start("train", self._train(officer.actor))
            raise web.HTTPSeeOther(f"{PAGE}?xong=training")
        version, now = form.get("version", ""), self._clock()

        def body(connection: Connection) -> Done[None]:
            models.activate(connection, version, officer.actor, now)
            return Done(None)

        try:
            await self._store.write(body)
        except NoSuchModel:  # it is in force already, or was never accepted
            raise web.HTTPSeeOther(PAGE) from None
        raise web.HTTPSeeOther(f"{PAGE}?xong=returned")

    async def _train(self, by: str) -> None:
        await self._retraining.run(by)
