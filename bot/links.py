"""Addresses in a text, and which of them citizens may be led to. Pure."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

#: domains of the state; everything below them counts. vr.org.vn: the vehicle register
LISTED = ("gov.vn", "chinhphu.vn", "quochoi.vn", "vr.org.vn")
_ENDINGS = (
    "vn|com|net|org|info|biz|me|ly|gl|app|io|top|xyz|link|site|online|shop|club|cc|tk|page|dev|"
    "edu|asia|tv|co|us|vip|live|pro|store|web|cloud|click|work|today|id|"
    "ru|cn|kh|icu|cyou|sbs|bond|pw|gg|mobi|buzz|website|help|support|win|loan|cash|money|finance"
)
_LINK = re.compile(
    rf"https?://[^\s<>\"'“”()]+|(?<![\w@.-])(?:[\w-]+\.)+(?:{_ENDINGS})(?![\w@-])(?:[:/][^\s<>\"'“”()]*)?",
    re.IGNORECASE,
)
#: letters, figures, hyphens and dots; or an address of IPv6
_PLAIN = re.compile(r"[\w.-]+|[0-9a-f:.]+")


def hosts_in(text: str) -> list[str]:
    """Return the host of every address in a text, typed with its scheme or without.

    >>> hosts_in("Xem https://Dichvucong.gov.vn/a hoặc bit.ly/x, thư gửi ai@tinh.gov.vn")
    ['dichvucong.gov.vn', 'bit.ly']
    """
    return [host for found in _LINK.findall(text) if (host := _host(found))]


def is_listed(host: str, own: Collection[str] = ()) -> bool:
    """Whether citizens may be led to a host: the state's own, or ours."""
    return host in own or any(host == each or host.endswith(f".{each}") for each in LISTED)


def is_listed_address(url: str) -> bool:
    """Whether a link of ours may be shown: a listed host, over https."""
    parts = urlsplit(url)
    return parts.scheme == "https" and is_listed(parts.hostname or "")


def unlisted_in(text: str, own: Collection[str] = ()) -> list[str]:
    """Return the hosts in a text that citizens must not be led to."""
    return [host for host in hosts_in(text) if not is_listed(host, own)]


def without_unlisted(text: str, instead: str) -> str:
    """Return a text with every address that citizens must not be led to written as `instead`."""

    def shown(found: re.Match[str]) -> str:
        host = _host(found[0])
        return found[0] if not host or is_listed(host) else instead

    return _LINK.sub(shown, text)


def _host(link: str) -> str:
    """Return the host a browser would go to, "?" where browsers and we may read differently.

    They end a host at a backslash, drop what is invisible, and unfold what looks like a dot.
    """
    address = link if "://" in link else f"https://{link}"
    try:
        host = (urlsplit(address.rstrip(".,;:!?")).hostname or "").rstrip(".")
    except ValueError:
        return "?"
    plain = "\\" not in address and (not host or _PLAIN.fullmatch(host))
    return host if plain else "?"
