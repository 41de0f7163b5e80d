"""Who is calling, as far as an address tells: behind proxies we trust, and by network."""

import ipaddress
from collections.abc import Sequence

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

CLIENT_ADDRESS: web.RequestKey[str] = web.RequestKey("client_address", str)

#: what proxies add: a request that has one was made by somebody further away
_FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")
#: an IPv6 customer holds at least so much, and may take any address of it
_IPV6_CUSTOMER = 64


def know_client(trusted_proxies: Sequence[str]) -> Middleware:
    """Return a middleware that finds the caller's address behind the proxies we trust.

    The right-most address that is not a trusted proxy counts: those to its left are
    whatever the caller wrote.
    """
    networks = [ipaddress.ip_network(proxy, strict=False) for proxy in trusted_proxies]

    def trusted(address: _Address | None) -> bool:
        return address is not None and any(address in network for network in networks)

    @web.middleware
    async def find_address(request: web.Request, handler: Handler) -> web.StreamResponse:
        address = read_address(request.remote or "")
        hops = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
        while trusted(address) and hops and (hop := read_address(hops.pop())):
            address = hop
        request[CLIENT_ADDRESS] = str(address) if address else request.remote or ""
        return await handler(request)

    return find_address


def read_address(written: str) -> _Address | None:
    """Return the address of a hop as proxies write it: with a port, in brackets, with a zone.

    >>> read_address(" [2001:db8::1]:443 "), read_address("unknown")
    (IPv6Address('2001:db8::1'), None)
    """
    host = written.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def caller_of(request: web.Request) -> str:
    """Return the key by which a caller's pace is counted: the address, of IPv6 the network."""
    known = request.get(CLIENT_ADDRESS) or request.remote or ""
    address = read_address(known)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, _IPV6_CUSTOMER), strict=False))
    return known


def cookie_name(plain: str, *, https: bool) -> str:
    """Return a cookie's name; on https one that no neighbour below the same domain can set.

    Otherwise another office's site could seat an officer in its own session, or have a citizen
    write into its own conversation.
    """
    return f"__Host-{plain}" if https else plain


def is_local(request: web.Request) -> bool:
    """Whether somebody on this machine calls, and no proxy on it for somebody else."""
    address = read_address(request.remote or "")
    passed_on = any(name in request.headers for name in _FORWARDING)
    return address is not None and address.is_loopback and not passed_on
