"""Requests to Zalo's API and what their answers mean."""

import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeVar

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ConnectionTimeoutError,
    FormData,
    InvalidURL,
)

from bot.channels import (
    ChannelMisconfigured,
    ChannelUnavailable,
    MessageRefused,
    OutcomeUnknown,
    RateLimited,
    SendError,
    UnreadablePayload,
)
from bot.store import StoreUnavailable
from handlers.zalo.codes import Cure, code_of, failure
from handlers.zalo.payloads import part, read_record, word
from handlers.zalo.turns import Turns

_CS = "/v3.0/oa/message/cs"
#: where messages to people without an account and broadcasts still go
_OLD_MESSAGE = "/v2.0/oa/message"
_CONVERSATION = "/v2.0/oa/conversation"
_RECENT = "/v2.0/oa/listrecentchat"
_ACCOUNT = "/v2.0/oa/getoa"
#: more is refused with -210
MOST_AT_ONCE = 10
#: an answer of the API is a few hundred bytes; a page of a gateway may be anything
_LONGEST_ANSWER = 1 << 20
_NEVER_MIND = (400, 413, 414, 422)
_DEFAULT_WAIT = 30.0

Answer = Mapping[str, Any]
T = TypeVar("T")


class Refused(Exception):
    """The API answered with an error code."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    @property
    def cure(self) -> Cure:
        """What may help at once."""
        return code_of(self.number).cure


@dataclass(frozen=True, slots=True)
class Tokens:
    """Where access tokens come from: the current one, and another after a rejection."""

    current: Callable[[], Awaitable[str]]
    renewed: Callable[[str], Awaitable[str]]


class ZaloApi:
    """Calls the API with the token of the day. Follows no redirect and logs no body.

    Raises Refused for an error code, else one of the SendError family.
    """

    def __init__(
        self, http: ClientSession, base: str, tokens: Tokens, turns: Turns | None = None
    ) -> None:
        self._http = http
        self._base = base.rstrip("/")
        self._tokens = tokens
        self._turns = turns

    async def say(self, body: Mapping[str, Any], *, first: bool = False) -> Answer:
        """Send one consultation message; return the answer.

        The `first` request of a message has its turn already: the sender took it.
        """
        path = _CS if "user_id" in body["recipient"] else _OLD_MESSAGE
        return await self._call("POST", path, waits=not first, json=body)

    async def recent(self, user_id: str, offset: int = 0) -> list[Answer]:
        """Return ten messages of a conversation, either side's, newest first."""
        return await self._list(_CONVERSATION, {"user_id": user_id}, offset)

    async def recent_chats(self, offset: int = 0) -> list[Answer]:
        """Return the newest message of ten conversations, the one last used first."""
        return await self._list(_RECENT, {}, offset)

    async def account(self) -> Answer:
        """Return the account's card: name, package, followers."""
        return part(await self._call("GET", _ACCOUNT), "data")

    async def upload(self, kind: str, name: str, data: bytes) -> Answer:
        """Upload an "image" or a "file" under a name whose ending says what it is."""
        return await self._call(
            "POST", f"/v2.0/oa/upload/{kind}", make=lambda: {"data": _multipart(name, data)}
        )

    async def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Call what has no method of its own."""
        return await self._call("POST", path, json=body)

    async def _list(self, path: str, about: Mapping[str, str], offset: int) -> list[Answer]:
        asked = {**about, "offset": offset, "count": MOST_AT_ONCE}
        answer = await self._call("GET", path, params={"data": json.dumps(asked)})
        items = answer.get("data")
        return [item for item in items if isinstance(item, Mapping)] if items else []

    async def _call(
        self,
        method: str,
        path: str,
        *,
        waits: bool = True,
        make: Callable[[], dict[str, Any]] | None = None,
        **more: Any,  # noqa: ANN401
    ) -> Answer:
        """Call once, and once more with another token where the first is not accepted.

        `make` builds what can be sent only once.
        """
        token = await _before_sending(self._tokens.current())
        if waits:
            await self._wait()
        try:
            return await self._request(method, path, token, **(make() if make else more))
        except Refused as refusal:
            if refusal.cure is not Cure.NEW_TOKEN:
                raise
        token = await _before_sending(self._tokens.renewed(token))
        await self._wait()
        return await self._request(method, path, token, **(make() if make else more))

    async def _wait(self) -> None:
        if self._turns is not None:
            await _before_sending(self._turns.take())

    async def _request(self, method: str, path: str, token: str, **more: Any) -> Answer:  # noqa: ANN401
        headers = {"access_token": token}
        try:
            async with self._http.request(
                method, self._base + path, headers=headers, allow_redirects=False, **more
            ) as response:
                await self._heed(response)
                return await _read(response)
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise ChannelUnavailable("no connection to Zalo") from error
        except InvalidURL as error:
            raise ChannelMisconfigured("DANHOI_ZALO_API_BASE is no address") from error
        except (ClientError, TimeoutError, OSError) as error:
            raise OutcomeUnknown(f"no answer from Zalo: {type(error).__name__}") from error

    async def _heed(self, response: ClientResponse) -> None:
        """Slow down where the answer says so; not worth losing the answer for."""
        if self._turns is not None:
            with suppress(StoreUnavailable):
                await self._turns.heed(response.headers)


def _multipart(name: str, data: bytes) -> FormData:
    form = FormData()
    form.add_field("file", BytesIO(data), filename=name)
    return form


async def _before_sending(needed: Awaitable[T]) -> T:
    """Return what comes from the database; without it nothing has gone out yet."""
    try:
        return await needed
    except StoreUnavailable as error:
        raise ChannelUnavailable("the database is unavailable") from error


async def _read(response: ClientResponse) -> Answer:
    """Return a successful answer; the number in the body counts more than the status."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > _LONGEST_ANSWER:
            break
    raw = bytes(body)
    try:
        answer = read_record(raw)
    except UnreadablePayload:
        raise _unreadable(response, raw) from None
    number = _number(answer)
    if number:
        raise Refused(number)
    if number is None or response.status != 200:
        raise _unreadable(response, raw)
    return answer


def _number(answer: Answer) -> int | None:
    digits = word(answer.get("error"))
    return int(digits) if digits.removeprefix("-").isdecimal() and len(digits) < 9 else None


def _unreadable(response: ClientResponse, raw: bytes) -> SendError:
    """Say what an answer means that is not the API's: a gateway's page, or half an answer."""
    status = response.status
    said = f"HTTP {status} from Zalo"
    if status == 429:
        return RateLimited(_seconds(response.headers.get("Retry-After")), said)
    if (status == 200 and not raw.lstrip().startswith(b"<")) or status in (408, 504):
        return OutcomeUnknown(said)
    if status in _NEVER_MIND:
        return MessageRefused(said)
    if 300 <= status < 500:
        return ChannelMisconfigured(said)
    return ChannelUnavailable(said)


def _seconds(retry_after: str | None) -> float:
    digits = (retry_after or "").strip()
    return float(digits) if digits.isdecimal() and len(digits) < 6 else _DEFAULT_WAIT


def as_send_error(refusal: Refused) -> SendError:
    """Return the error a refusal stands for."""
    return failure(refusal.number)
