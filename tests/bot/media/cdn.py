"""A provider's host of files: a small real server that answers as it is told."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

Answer = Callable[[web.Request], web.StreamResponse]


@dataclass
class Cdn:
    """Hands out files by path; `asked` tells which paths were asked for."""

    files: dict[str, bytes] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    origin: str = ""

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer as told, else with the file, else 404."""
        self.asked.append(request.path)
        if request.path in self.answers:
            return self.answers[request.path](request)
        if request.path not in self.files:
            raise web.HTTPNotFound
        return web.Response(body=self.files[request.path])


@asynccontextmanager
async def serving(cdn: Cdn) -> AsyncIterator[Cdn]:
    """Run the server on a free port."""
    app = web.Application()
    app.router.add_get("/{path:.*}", cdn.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        cdn.origin = f"http://{host}:{port}"
        yield cdn
    finally:
        await runner.cleanup()


def redirecting(to: str) -> Answer:
    """Return an answer that leads elsewhere."""

    def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": to})

    return answer
