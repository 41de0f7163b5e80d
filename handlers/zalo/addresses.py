"""Whom a message of Zalo is about, and how a reply names them."""

from collections.abc import Mapping
from typing import Any

from handlers.zalo.payloads import part, word

#: somebody without a Zalo account is known by two ids, which an address holds together
_ANONYMOUS = "anon:"


def citizen_of(record: Mapping[str, Any], oa_id: str) -> str:
    """Return the citizen's address: whichever id is not the account's own, "" for none."""
    sides = [part(record, name) for name in ("sender", "recipient", "follower")]
    anonymous = next(filter(None, map(_anonymous, sides)), "")
    ids = (*(side.get("id") for side in sides), record.get("user_id"))
    others = (*ids, part(record, "data").get("user_id"))
    return anonymous or next((i for i in map(word, others) if i and i != oa_id), "")


def is_anonymous(address: str) -> bool:
    """Whether an address is that of somebody without a Zalo account."""
    return address.startswith(_ANONYMOUS)


def recipient(address: str) -> dict[str, str]:
    """Return how a request names whom it is for."""
    if not is_anonymous(address):
        return {"user_id": address}
    anonymous_id, _, conversation_id = address.removeprefix(_ANONYMOUS).partition(":")
    return {"anonymous_id": anonymous_id, "conversation_id": conversation_id}


def _anonymous(side: Mapping[str, Any]) -> str:
    anonymous_id, conversation_id = (
        word(side.get("anonymous_id")),
        word(side.get("conversation_id")),
    )
    fits = anonymous_id and conversation_id and ":" not in anonymous_id
    address = f"{_ANONYMOUS}{anonymous_id}:{conversation_id}" if fits else ""
    return address if len(address) <= 200 else ""
