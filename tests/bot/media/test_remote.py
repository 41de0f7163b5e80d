"""Files come from listed public hosts only, whatever an address says."""

import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientTimeout, web
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.media.remote import Hosts, OnlyPublic, RemoteFiles
from bot.media.sources import MediaGone, MediaRefused, MediaTooLarge, MediaUnavailable
from bot.messages import Attachment, AttachmentKind
from tests.bot.media.cdn import Cdn, redirecting, serving

LISTED = Hosts(domains=("zdn.vn", "zadn.vn"))


class Names(AbstractResolver):
    """Resolves every name to the addresses given."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=each, port=port, family=family, proto=0, flags=0)
            for each in self.addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
async def cdn() -> AsyncIterator[Cdn]:
    async with serving(Cdn()) as cdn:
        yield cdn


@pytest.fixture
async def files(cdn: Cdn) -> AsyncIterator[RemoteFiles]:
    patience = ClientTimeout(total=5, sock_read=0.3)
    files = RemoteFiles(Hosts(origins=(cdn.origin,)), patience=patience)
    yield files
    await files.close()


def at(url: str) -> Attachment:
    return Attachment(AttachmentKind.IMAGE, url)


@pytest.mark.parametrize(
    ("url", "admitted"),
    [
        pytest.param("https://photo-stal-1.zdn.vn/a.jpg", True, id="below a listed domain"),
        pytest.param("https://zadn.vn/a.jpg", True, id="a listed domain"),
        pytest.param("http://photo.zdn.vn/a.jpg", False, id="not over https"),
        pytest.param("https://photo.zdn.vn:8443/a.jpg", False, id="another port"),
        pytest.param("https://zdn.vn.example.com/a.jpg", False, id="a listed name in front"),
        pytest.param("https://evilzdn.vn/a.jpg", False, id="a listed name at the end"),
        pytest.param("https://zdn.vn@example.com/a.jpg", False, id="a listed name as a login"),
        pytest.param("https://127.0.0.1/a.jpg", False, id="an address"),
        pytest.param("https://[::1]/a.jpg", False, id="an address of six"),
        pytest.param("file:///etc/passwd", False, id="a file of ours"),
    ],
)
def test_only_listed_hosts_are_admitted(url: str, *, admitted: bool) -> None:
    assert LISTED.admit(URL(url)) is admitted


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.8", "169.254.169.254", "224.0.0.1", "::1", "fd00::1"),
        *("::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::a00:8", "2002:7f00:1::1"),
    ],
)
async def test_a_listed_name_that_leads_into_a_private_net_is_not_followed(address: str) -> None:
    files = RemoteFiles(LISTED, OnlyPublic(Names("203.0.114.1", address)))
    with pytest.raises(MediaUnavailable):
        await files.fetch(at("https://photo.zdn.vn/a.jpg"), 100)
    await files.close()


async def test_a_file_is_fetched(cdn: Cdn, files: RemoteFiles) -> None:
    cdn.files["/a"] = b"x" * 100
    assert await files.fetch(at(f"{cdn.origin}/a"), 100) == b"x" * 100


async def test_a_redirect_within_the_list_is_followed_and_none_beyond(
    cdn: Cdn, files: RemoteFiles
) -> None:
    cdn.files["/a"] = b"x"
    cdn.answers |= {"/near": redirecting("/a"), "/far": redirecting("http://169.254.169.254/a")}
    assert await files.fetch(at(f"{cdn.origin}/near"), 100) == b"x"
    with pytest.raises(MediaRefused):
        await files.fetch(at(f"{cdn.origin}/far"), 100)


async def test_redirects_come_to_an_end(cdn: Cdn, files: RemoteFiles) -> None:
    cdn.answers["/round"] = redirecting("/round")
    with pytest.raises(MediaRefused):
        await files.fetch(at(f"{cdn.origin}/round"), 100)
    assert len(cdn.asked) == 4


async def test_a_file_is_let_go_of_once_it_is_too_large(cdn: Cdn, files: RemoteFiles) -> None:
    cdn.files["/big"] = b"x" * 5000
    with pytest.raises(MediaTooLarge):
        await files.fetch(at(f"{cdn.origin}/big"), 1000)


def packed(_request: web.Request) -> web.StreamResponse:
    return web.Response(body=b"x", headers={"Content-Encoding": "gzip"})


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        pytest.param(lambda _: web.Response(status=404), MediaGone, id="gone"),
        pytest.param(lambda _: web.Response(status=403), MediaGone, id="expired"),
        pytest.param(lambda _: web.Response(status=503), MediaUnavailable, id="overloaded"),
        pytest.param(packed, MediaUnavailable, id="packed"),
    ],
)
async def test_a_failure_has_a_name(
    cdn: Cdn, files: RemoteFiles, answer: object, failure: type[Exception]
) -> None:
    cdn.answers["/a"] = answer  # type: ignore[assignment]
    with pytest.raises(failure):
        await files.fetch(at(f"{cdn.origin}/a"), 100)


async def test_nobody_listening_is_a_failure_for_now(files: RemoteFiles, cdn: Cdn) -> None:
    files.hosts = Hosts(origins=("http://127.0.0.1:9",))
    with pytest.raises(MediaUnavailable):
        await files.fetch(at("http://127.0.0.1:9/a"), 100)
    assert cdn.asked == []
