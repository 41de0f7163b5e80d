"""Walk all routes × all callers: who gets through is who the route declares."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.officers import Role
from bot.officers.tokens import Scope
from handlers.access import COOKIE, LOGIN
from handlers.routes import Access, Route
from tests.handlers.desk_world import DeskWorld

_TURNED_AWAY = {401, 403}
_SAMPLES = ("x", "1", "2026-11", "2026-11.json", "json", "4K7M2P9", "abc", "x" * 22)
_PASSED = 299  # no real handler answers so


@dataclass(frozen=True)
class Caller:
    """Somebody who knocks: headers and cookie, and what the routes know him by."""

    name: str
    headers: dict[str, str]
    role: Role | None = None
    scope: Scope | None = None


async def violations(world: DeskWorld, routes: Iterable[Route]) -> list[str]:
    """Return a line for each route and caller where the guard does not do what it should.

    The handlers themselves are replaced, so that no walk changes anything.
    """
    probed = [replace(route, handler=_let_in) for route in routes]
    callers = await _callers(world)
    found = []
    async with TestClient(TestServer(world.app(probed))) as client:
        for route in probed:
            for caller in callers:
                async with client.request(
                    route.method if route.method != "*" else "GET",
                    _address(route),
                    headers={**caller.headers, "X-Forwarded-For": "203.0.113.9"},
                    allow_redirects=False,
                ) as answer:
                    passed = answer.status == _PASSED
                    if not passed:
                        away = answer.headers.get("Location", "").startswith(LOGIN)
                        assert answer.status in _TURNED_AWAY or away, (route, answer.status)
                if passed != _should_pass(route, caller):
                    found.append(f"{caller.name} {'in' if passed else 'out'}: {route.path}")
    return found


#: what a page of somebody else's can have a browser send along with the officer's cookie
_FORGERIES: tuple[dict[str, str], ...] = (
    {},
    {"X-CSRF-Token": "guess"},
    {"X-CSRF-Token": "right", "Origin": "https://elsewhere.example"},
    {"X-CSRF-Token": "right", "Origin": "null"},
    {"X-CSRF-Token": "right", "Referer": "https://elsewhere.example/can-bo"},
)


async def forgeries(world: DeskWorld, routes: Iterable[Route]) -> list[str]:
    """Return a line for each form of officers that somebody else's page could send."""
    forms = [r for r in routes if r.access is Access.SESSION and r.method != "GET"]
    probed = [replace(route, handler=_let_in) for route in forms]
    officers = {caller.role: caller.headers for caller in await _callers(world) if caller.role}
    found = []
    async with TestClient(TestServer(world.app(probed))) as client:
        for route, forged in product(probed, _FORGERIES):
            known = officers[min(route.roles)]
            token = {"right": known["X-CSRF-Token"]}
            sent = {name: token.get(value, value) for name, value in forged.items()}
            headers = {"Cookie": known["Cookie"], **sent}
            async with client.post(_address(route), headers=headers) as answer:
                if answer.status != web.HTTPForbidden.status_code:
                    found.append(f"{answer.status} {route.path} {forged}")
    return found


def _should_pass(route: Route, caller: Caller) -> bool:
    if route.access is Access.SESSION:
        return caller.role in route.roles
    if route.access in (Access.TOKEN, Access.LOCAL):  # the walk knocks as if through a proxy
        return caller.scope is not None and str(caller.scope) in route.scopes
    return True


async def _callers(world: DeskWorld) -> list[Caller]:
    callers = [Caller("nobody", {}), Caller("stranger", {"Cookie": f"{COOKIE}=guess"})]
    for role in Role:
        agency = "ct-so-y-te" if role in (Role.OFFICER, Role.LEADER) else None
        officer = await world.hire(f"walker.{role}", role, agency)
        secret, csrf = await world.log_in(officer)
        headers = {"Cookie": f"{COOKIE}={secret}", "X-CSRF-Token": csrf}
        callers.append(Caller(str(role), headers, role=role))
    machines = {scope: await world.token(None, scope) for scope in Scope}
    return [*callers, *(Caller(f"token {s}", h, scope=s) for s, h in machines.items())]


def _address(route: Route) -> str:
    """Return a path that the route matches, whatever its parts must look like."""
    resource = web.UrlDispatcher().add_route("GET", route.path, route.handler).resource
    assert resource is not None
    place = resource.get_info()
    if "pattern" not in place:
        return route.path
    names = list(place["pattern"].groupindex)
    for values in product(_SAMPLES, repeat=len(names)):
        path = place["formatter"].format_map(dict(zip(names, values, strict=True)))
        if place["pattern"].fullmatch(path):
            return str(path)
    raise AssertionError(f"add a sample that fits {route.path}")


async def _let_in(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=_PASSED)
