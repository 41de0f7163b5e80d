"""Who is told to slow down waits for being told so: else a flood of refusals is a flood too."""

import asyncio
from collections import Counter

from aiohttp import web
from aiohttp.typedefs import Middleware

from handlers.callers import caller_of
from handlers.routes import Handler

#: an honest client that is too fast loses a second, a flood all but a few of its requests
_PAUSE_SECONDS = 1.0
#: so many of one caller wait at once; the connections of the others are closed
_MOST_WAITING = 32


def slow_down_floods(pause: float = _PAUSE_SECONDS, most: int = _MOST_WAITING) -> Middleware:
    """Return a middleware that holds back each 429, by caller."""
    waiting: Counter[str] = Counter()

    @web.middleware
    async def hold_back(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        if response.status != web.HTTPTooManyRequests.status_code:
            return response
        caller = caller_of(request)
        if waiting[caller] >= most:
            response.force_close()
            return response
        waiting[caller] += 1
        try:
            await asyncio.sleep(pause)
        finally:
            waiting[caller] -= 1
            if not waiting[caller]:
                del waiting[caller]
        return response

    return hold_back
