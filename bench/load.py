"""A load generator that costs little: prepared bytes over kept-alive connections."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import quantiles


@dataclass(frozen=True, slots=True)
class Load:
    """What a server bore."""

    requests: int
    seconds: float
    latencies: list[float]
    refused: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    def milliseconds(self, percent: int) -> float:
        """Return a percentile of the latency."""
        return quantiles(self.latencies, n=100)[percent - 1] * 1000


#: the n-th request as raw bytes
Request = Callable[[int], bytes]


def post(path: str, body: bytes, *headers: str) -> bytes:
    """Return a raw POST."""
    head = "\r\n".join((f"POST {path} HTTP/1.1", "Host: bench", *headers))
    return f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def closed_loop(port: int, request: Request, total: int, connections: int) -> Load:
    """Send requests as fast as they are answered, on so many connections."""
    return await _load(port, request, total, connections, None)


async def paced(port: int, request: Request, total: int, per_second: float) -> Load:
    """Send requests at a steady pace, whatever the answers take."""
    return await _load(port, request, total, 8, per_second)


async def _load(
    port: int, request: Request, total: int, connections: int, pace: float | None
) -> Load:
    numbers = iter(range(total))
    latencies: list[float] = []
    refused = 0
    start = time.perf_counter()

    async def client() -> None:
        nonlocal refused
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            begun = time.perf_counter()
            if pace and (early := start + number / pace - begun) > 0:
                await asyncio.sleep(early)
                begun = time.perf_counter()
            writer.write(request(number))
            status = await _answer(reader)
            latencies.append(time.perf_counter() - begun)
            refused += status >= 300
        writer.close()

    await asyncio.gather(*(client() for _ in range(connections)))
    return Load(total, time.perf_counter() - start, latencies, refused)


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    if length:
        await reader.readexactly(length)
    return int(head.split(b" ", 2)[1])
