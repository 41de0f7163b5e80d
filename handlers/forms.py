"""Forms as browsers send them, read as strictly as any stranger's words."""

from aiohttp import web

from knowledge.text import clean


async def read_form(request: web.Request) -> dict[str, str]:
    """Return the fields of a form, cleaned; raise HTTPBadRequest for what is none.

    May be called again for the same request. Files are left out.
    """
    try:
        fields = await request.post()
        return {name: clean(value) for name, value in fields.items() if isinstance(value, str)}
    except (ValueError, LookupError, RuntimeError) as unreadable:  # RuntimeError: odd parts
        raise web.HTTPBadRequest from unreadable
