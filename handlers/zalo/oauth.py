"""Zalo's OAuth v4: a form body, the app secret as a header, errors with HTTP 200.

A call succeeded if and only if both tokens are there: error bodies carry them empty, and some
have no numeric code.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientConnectorError, ClientError, ClientSession, ConnectionTimeoutError

from bot.channel_tokens import Grant, GrantRefused, RenewalUncertain
from bot.channels import ChannelUnavailable, UnreadablePayload
from bot.moments import Clock
from handlers.zalo.payloads import read_record, word

_TOKEN = "/v4/oa/access_token"  # noqa: S105 - a path
_PERMISSION = "/v4/oa/permission"
_ACCESS_LASTS = 90_000
_REFRESH_LASTS = 90 * 86_400
_LONGEST_TOKEN = 10_000

#: what an administrator reads in the log
MEANINGS = {
    -14002: "the app id is wrong or the app is not active",
    -14003: "the redirect address is not the registered one",
    -14004: "DANHOI_ZALO_APP_SECRET is wrong",
    -14005: "the authorization code is wrong, used or older than ten minutes",
    -14014: "the refresh token is wrong or was used already",
    -14018: "the kind of grant is unknown",
    -14029: "the app is not approved",
    -118: "the grant is invalid",
}
_SPENT = frozenset({-14014, -118})


@dataclass(frozen=True, slots=True)
class ZaloOAuth:
    """Exchanges codes and refresh tokens for grants."""

    http: ClientSession
    base: str
    app_id: str
    app_secret: str = field(repr=False)
    clock: Clock

    async def renew(self, refresh_token: str) -> Grant:
        """Spend a refresh token; raise GrantRefused, RenewalUncertain or ChannelUnavailable."""
        return await self._token(grant_type="refresh_token", refresh_token=refresh_token)

    async def redeem(self, code: str, verifier: str) -> Grant:
        """Exchange the code that an administrator's consent came back with."""
        return await self._token(grant_type="authorization_code", code=code, code_verifier=verifier)

    async def _token(self, **form: str) -> Grant:
        try:
            async with self.http.post(
                self.base + _TOKEN,
                data={"app_id": self.app_id, **form},
                headers={"secret_key": self.app_secret},
                allow_redirects=False,
            ) as response:
                raw = await response.read()
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise ChannelUnavailable("no connection to Zalo's OAuth") from error
        except (ClientError, TimeoutError, OSError) as error:
            raise RenewalUncertain from error
        return read_grant(raw, response.status, self.clock())


def read_grant(raw: bytes, status: int, now: datetime) -> Grant:
    """Return the grant of an answer; raise GrantRefused or RenewalUncertain."""
    try:
        answer = read_record(raw)
    except UnreadablePayload as error:
        raise RenewalUncertain(f"HTTP {status} without JSON") from error
    access, refresh = _token_of(answer, "access_token"), _token_of(answer, "refresh_token")
    if access and refresh:
        lasts = _seconds(answer.get("expires_in"), _ACCESS_LASTS)
        kept = _seconds(answer.get("refresh_token_expires_in"), _REFRESH_LASTS)
        return Grant(access, refresh, now + lasts, now + kept)
    if status >= 500:
        raise RenewalUncertain(f"HTTP {status}")
    digits = word(answer.get("error"))
    number = int(digits) if digits.removeprefix("-").isdecimal() and len(digits) < 9 else 0
    meaning = MEANINGS.get(number, "an answer without tokens")
    raise GrantRefused(f"{number}: {meaning}", spent=number in _SPENT)


def consent_url(base: str, app_id: str, redirect_uri: str, challenge: str, state: str) -> str:
    """Return where an administrator of the account gives consent."""
    query = {
        "app_id": app_id,
        "redirect_uri": redirect_uri,
        "code_challenge": challenge,
        "state": state,
    }
    return f"{base}{_PERMISSION}?{urlencode(query)}"


def new_verifier() -> str:
    """Return a PKCE verifier: 32 random bytes as base64url, 43 characters."""
    return secrets.token_urlsafe(32)


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier, without padding."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _token_of(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        return ""
    return value.strip() if len(value) <= _LONGEST_TOKEN else ""


def _seconds(value: object, otherwise: int) -> timedelta:
    digits = word(value)
    return timedelta(seconds=int(digits) if digits.isdecimal() and len(digits) < 10 else otherwise)
