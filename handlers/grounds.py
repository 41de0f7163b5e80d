"""The grounds of a decision, in words that people read."""

import re
from collections.abc import Callable

from bot.wording import Wording

_CODE = re.compile(r"\bct-[a-z0-9-]*[a-z0-9]")
_KIND = re.compile(r"(?<=nhận diện: )[a-z_]+")


def readable(wording: Wording, name_of: Callable[[str], str], reason: str) -> str:
    """Return the grounds of a decision with words for the names that only the program knows."""

    def kind(found: re.Match[str]) -> str:
        known = f"why.kind.{found[0]}"
        return wording(known) if known in wording else found[0]

    named = _CODE.sub(lambda found: name_of(found[0]) or found[0], reason)
    return _KIND.sub(kind, named)
