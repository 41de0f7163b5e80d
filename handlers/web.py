"""What every answer of the web server has in common: limits, headers, errors, measures."""

import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from http import HTTPStatus

import structlog
from aiohttp import ClientPayloadError, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler, Middleware

from bot.errors import BotError
from bot.operations.metrics import Metrics
from bot.store import StoreUnavailable
from bot.wording import Wording

log = structlog.get_logger()

#: no route takes more than a file of 5 MB with its form around it
MAX_BODY = 6 * 1024 * 1024

#: pages load only what this server serves; scripts and styles are files, never inline
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors {ancestors}"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # "no-referrer" would make browsers send "Origin: null" with our own forms
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

#: what reading a body raises when the sender did not keep to HTTP
_BROKEN_BODIES = (
    HttpProcessingError,
    ClientPayloadError,
    web.RequestPayloadError,
    ConnectionResetError,  # or went away in the middle
)

#: what lies below is for one caller
_NOT_FOR_ALL = ("/can-bo", "/api/v1/questions", "/api/v1/chat")

#: methods that are counted by name; anybody may invent others
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

#: called with every response, whoever made it, before its first byte is sent
Preparation = Callable[[web.Request, web.StreamResponse], Awaitable[None]]


def secure_headers(embed_path: str, embed_origins: Sequence[str], *, https: bool) -> Preparation:
    """Return a signal that sets CSP and companions; only `embed_path` may be framed."""
    framed = _POLICY.format(ancestors=" ".join(embed_origins) or "'none'")
    closed = _POLICY.format(ancestors="'none'")

    async def harden(request: web.Request, response: web.StreamResponse) -> None:
        framable = request.path == embed_path
        response.headers["Content-Security-Policy"] = framed if framable else closed
        if not (framable and embed_origins):
            response.headers["X-Frame-Options"] = "DENY"
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if _is_passing(request, response):
            response.headers.setdefault("Cache-Control", "no-store")
        response.headers.pop("Server", None)  # whoever looks for holes need not know what runs
        if https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"

    return harden


def _is_passing(request: web.Request, response: web.StreamResponse) -> bool:
    """Whether an answer is for this caller at this moment alone."""
    return response.status != HTTPStatus.OK or request.path.startswith(_NOT_FOR_ALL)


@web.middleware
async def refuse_encoded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn away bodies packed by the sender: unpacked they have any size. No byte is read."""
    if "Content-Encoding" in request.headers:
        request.protocol.close()  # once this is answered
        raise web.HTTPUnsupportedMediaType(headers={"Connection": "close"})
    return await handler(request)


def measure(metrics: Metrics) -> Middleware:
    """Return a middleware that counts and times by route, never by path."""

    @web.middleware
    async def time_request(request: web.Request, handler: Handler) -> web.StreamResponse:
        started = time.perf_counter()
        status = HTTPStatus.INTERNAL_SERVER_ERROR.value
        try:
            response = await handler(request)
            status = response.status
            return response
        except web.HTTPException as failure:
            status = failure.status
            raise
        finally:
            resource = request.match_info.route.resource
            route = resource.canonical if resource else "unknown"
            method = request.method if request.method in _METHODS else "other"
            metrics.requests.labels(method, route, str(status)).inc()
            metrics.request_seconds.labels(route).observe(time.perf_counter() - started)

    return time_request


#: makes a page of a title and a text
ErrorPage = Callable[[str, str], str]


def explain_errors(wording: Wording, page: ErrorPage | None = None) -> Middleware:
    """Return a middleware that turns failures into words: JSON for programs, a page for people.

    `page` draws that page with the site around it; without one it is plain.
    """
    tell = partial(error_response, wording, page or partial(_page, wording("error.home")))

    @web.middleware
    async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPRedirection:
            raise
        except web.HTTPException as failure:
            return tell(request, failure.status, dict(failure.headers))
        except _BROKEN_BODIES:
            return tell(request, 400, {"Connection": "close"})
        except StoreUnavailable:
            log.error("store unavailable", route=_route(request))
            return tell(request, 503, {"Retry-After": "5"})
        except BotError as error:
            log.warning("request failed", route=_route(request), error=type(error).__name__)
            return tell(request, 500, {})
        except Exception:
            log.exception("unexpected failure", route=_route(request))
            return tell(request, 500, {})

    return explain


def error_response(
    wording: Wording, page: ErrorPage, request: web.Request, status: int, headers: dict[str, str]
) -> web.Response:
    """Return the failure in the caller's shape."""
    for name in ("Content-Type", "Content-Length"):
        headers.pop(name, None)
    known = f"error.{status}" if f"error.{status}" in wording else "error.other"
    if _wants_json(request):
        body = {"error": status, "message": wording(f"{known}.text")}
        return web.json_response(body, status=status, headers=headers)
    text = page(wording(known), wording(f"{known}.text"))
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)


def _page(home: str, title: str, text: str) -> str:
    return (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}</title><link rel="stylesheet" href="/static/style.css"></head>'
        f'<body><main class="page stack"><h1>{title}</h1><p>{text}</p>'
        f'<p><a class="button" href="/">{home}</a></p></main></body></html>'
    )


def _wants_json(request: web.Request) -> bool:
    return request.path.startswith(("/api/", "/webhooks/", "/healthz", "/readyz")) or (
        "application/json" in request.headers.get("Accept", "")
    )


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else "unknown"
