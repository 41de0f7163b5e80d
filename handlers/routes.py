"""How a route declares who may call it; the walk test reads these declarations."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from aiohttp import web

from bot.officers import Role


class Access(StrEnum):
    """Who may call a route."""

    PUBLIC = "public"
    EMBEDDED = "embedded"  # shown inside pages of others: whoever calls, no officer is known
    PROVIDER = "provider"  # signed or secret-bearing provider requests
    CONVERSATION = "conversation"  # whoever holds the conversation's token
    SESSION = "session"  # a logged-in officer of one of `roles`
    TOKEN = "token"  # noqa: S105 - a machine token of one of `scopes`
    LOCAL = "local"  # loopback, or a machine token with the scope


#: a message of 4,000 letters, each nine bytes as browsers send them
_OF_ANYBODY = 64 * 1024
#: an answer with its question, or a machine's draft
_OF_OUR_OWN = 512 * 1024
_OURS = frozenset({Access.SESSION, Access.TOKEN, Access.LOCAL})

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """One way in. A session route without roles is open to every role."""

    method: str
    path: str
    handler: Handler
    access: Access
    roles: frozenset[Role] = frozenset(Role)
    scopes: frozenset[str] = frozenset()
    #: bytes of the longest body it takes; 0 stands for a form's, by who may fill it in
    body: int = 0

    @property
    def longest_body(self) -> int:
        """Return how many bytes are read: anybody's form takes time to read, field by field."""
        return self.body or (_OF_OUR_OWN if self.access in _OURS else _OF_ANYBODY)


#: every declared route of an application, for the guard and for the walk test
ROUTES: web.AppKey[list[Route]] = web.AppKey("routes", list[Route])


def add_routes(app: web.Application, routes: Iterable[Route]) -> None:
    """Register routes together with their declarations; the only way a route comes in."""
    declared = app.setdefault(ROUTES, [])
    for route in routes:
        for method in methods_of(route):
            app.router.add_route(method, route.path, route.handler)
        declared.append(route)


def methods_of(route: Route) -> tuple[str, ...]:
    """Return how a route may be called: a page for everybody also by monitors, with HEAD."""
    asked_for = route.method == "GET" and route.access in (Access.PUBLIC, Access.EMBEDDED)
    return ("GET", "HEAD") if asked_for else (route.method,)
