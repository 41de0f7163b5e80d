"""Reading what a provider posts, and never more than it could need."""

from aiohttp import web


async def read_body(request: web.Request, most: int) -> bytes | None:
    """Return the bytes as they came, None for more than `most`, whatever was announced."""
    if (request.content_length or 0) > most:
        return None
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)
