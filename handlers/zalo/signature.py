"""Whether a webhook request comes from Zalo.

mac = sha256(app_id + raw body + timestamp + OA secret key), sent as `X-ZEvent-Signature: mac=…`.
It is a plain hash over the bytes as they came, not an HMAC and never over re-serialised JSON.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from handlers.zalo.payloads import word

HEADER = "X-ZEvent-Signature"
_PREFIX = "mac="


class Verdict(StrEnum):
    """What a request's papers say; everything but `valid` goes to quarantine."""

    VALID = "valid"
    NO_SIGNATURE = "no_signature"
    WRONG_SIGNATURE = "wrong_signature"
    OTHER_APP = "other_app"
    OTHER_ACCOUNT = "other_account"


@dataclass(frozen=True, slots=True)
class Seal:
    """What the signature of our own requests is made with."""

    app_id: str
    oa_id: str
    secret: str = field(repr=False)

    def judge(self, raw: bytes, record: Mapping[str, Any], header: str | None) -> Verdict:
        """Judge a request by its bytes, its parsed copy and its signature header."""
        if word(record.get("app_id")) != self.app_id:
            return Verdict.OTHER_APP
        if not header:
            return Verdict.NO_SIGNATURE
        timestamp = word(record.get("timestamp"))
        expected = sign(self.app_id, raw, timestamp, self.secret)
        if not hmac.compare_digest(expected.encode(), header.encode("utf-8", "replace")):
            return Verdict.WRONG_SIGNATURE
        named = accounts(record)
        return Verdict.OTHER_ACCOUNT if named and self.oa_id not in named else Verdict.VALID


def sign(app_id: str, raw: bytes, timestamp: str, secret: str) -> str:
    """Return the header value that Zalo would send with these bytes."""
    content = app_id.encode() + raw + timestamp.encode() + secret.encode()
    return _PREFIX + hashlib.sha256(content).hexdigest()


def accounts(record: Mapping[str, Any]) -> set[str]:
    """Return every id that may be an Official Account's: one address serves all OAs of an app."""
    parties = (record.get("sender"), record.get("recipient"))
    ids = [party.get("id") for party in parties if isinstance(party, Mapping)]
    return {word(id_) for id_ in (*ids, record.get("oa_id"), record.get("oaId"))} - {""}
