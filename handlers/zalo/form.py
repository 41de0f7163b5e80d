"""The contact form that a citizen fills in at Zalo, in today's and in the older shape."""

from collections.abc import Mapping
from typing import Any

from handlers.zalo.payloads import part, text
from knowledge.text import clean

_LONGEST = 200


def filled_in(info: Mapping[str, Any]) -> dict[str, str]:
    """Return name, phone and address as far as they were given; birth date and sex are left."""
    full = part(info, "full_address")
    steps = (
        text(full, "user_address") or text(info, "address"),
        text(full, "user_ward") or text(info, "ward"),
        text(info, "district"),
        text(full, "user_city") or text(info, "city"),
    )
    found = {
        "name": text(info, "name"),
        "phone": _national(text(info, "phone")),
        "address": ", ".join(filter(None, steps)),
    }
    return {name: clean(value)[:_LONGEST] for name, value in found.items() if clean(value)}


def _national(phone: str) -> str:
    """Return a number as it is dialled in Viet Nam: "84900000000" becomes "0900000000"."""
    digits = phone.strip().removeprefix("+")
    return "0" + digits[2:] if digits.startswith("84") and digits.isascii() else digits
