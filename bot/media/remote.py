"""Files behind addresses of a provider: fetched from listed hosts only, never from our own net."""

import ipaddress
import socket
from collections.abc import Collection
from dataclasses import dataclass, field

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from bot.media.sources import MediaGone, MediaRefused, MediaTooLarge, MediaUnavailable
from bot.messages import Attachment

_MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: the provider answers so when the address has expired or the file was removed
_GONE = frozenset({400, 401, 403, 404, 410, 451})
_CHUNK = 65536
#: global unicast (RFC 4291); translators such as 64:ff9b::/96 lie outside
_GIVEN_OUT = ipaddress.ip_network("2000::/3")
_PATIENCE = aiohttp.ClientTimeout(total=60, connect=5, sock_read=15)


@dataclass(frozen=True, slots=True)
class Hosts:
    """From where files may come: domains with all below them over https, and whole origins.

    `origins` are for a provider's stand-in, such as "http://127.0.0.1:9001".
    """

    domains: Collection[str] = ()
    origins: Collection[str] = ()

    def admit(self, url: URL) -> bool:
        """Whether a file may be fetched from there."""
        if url.user or url.password or not url.host:
            return False
        if str(url.origin()) in self.origins:
            return True
        listed = any(url.host == each or url.host.endswith(f".{each}") for each in self.domains)
        return listed and url.scheme == "https" and url.port == 443


class OnlyPublic(AbstractResolver):
    """Resolves names, and refuses every answer that lies in a private or local net.

    The connection is made to the very address that was looked at.
    """

    def __init__(self, behind: AbstractResolver) -> None:
        self._behind = behind

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the public addresses of a host; raise OSError where it has any other."""
        found = await self._behind.resolve(host, port, family)
        if not found or not all(_is_public(each["host"]) for each in found):
            raise OSError(None, "no public address")
        return found

    async def close(self) -> None:
        """Let go of what is behind."""
        await self._behind.close()


def _is_public(written: str) -> bool:
    """Whether an address is one host of the public net.

    Of IPv6 only what is given out to hosts: elsewhere addresses of IPv4 hide, private ones too.
    """
    address = ipaddress.ip_address(written)
    if isinstance(address, ipaddress.IPv6Address):
        hidden = address.sixtofour or address.teredo
        return address in _GIVEN_OUT and address.is_global and not hidden
    return address.is_global and not address.is_multicast


def _resolver() -> AbstractResolver:
    return OnlyPublic(ThreadedResolver())


@dataclass
class RemoteFiles:
    """Implements bot.media.sources.MediaSource over HTTP."""

    hosts: Hosts
    resolver: AbstractResolver = field(default_factory=_resolver)
    patience: aiohttp.ClientTimeout = _PATIENCE
    _session: aiohttp.ClientSession | None = None

    async def fetch(self, attachment: Attachment, most: int) -> bytes:
        """Return the bytes behind an attachment's address, redirects within the list included."""
        url = self._admitted(attachment.url)
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                async with self._http().get(url, allow_redirects=False) as answer:
                    if answer.status not in _REDIRECTS:
                        return await _body(answer, most)
                    url = self._admitted(answer.headers.get("Location", ""), url)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise MediaUnavailable(type(error).__name__) from None
        raise MediaRefused("too many redirects")

    async def close(self) -> None:
        """Close what is open."""
        if self._session is not None:
            await self._session.close()

    def _admitted(self, address: str, base: URL | None = None) -> URL:
        try:
            url = base.join(URL(address)) if base else URL(address)
            admitted = self.hosts.admit(url)
        except ValueError:
            raise MediaRefused("no address") from None
        if not admitted:
            raise MediaRefused("the host is not listed")
        return url

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(resolver=self.resolver, limit=8)
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=self.patience,
                auto_decompress=False,  # a packed body has any size
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        return self._session


async def _body(answer: aiohttp.ClientResponse, most: int) -> bytes:
    if answer.status in _GONE:
        raise MediaGone(f"status {answer.status}")
    if answer.status != 200 or answer.headers.get("Content-Encoding", "identity") != "identity":
        raise MediaUnavailable(f"status {answer.status}")
    if (answer.content_length or 0) > most:
        raise MediaTooLarge
    collected = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK):
        collected += chunk
        if len(collected) > most:
            raise MediaTooLarge
    return bytes(collected)
