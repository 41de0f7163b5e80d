"""The grounds of a decision, in words that people read."""

import re
from collections.abc import Callable

_CODE = re.compile(r"\bct-[a-z0-9-]*[a-z0-9]")


def readable(name_of: Callable[[str], str], reason: str) -> str:
    """Return the grounds of a route with the names of agencies for their codes.

    >>> readable({"ct-xa": "UBND xã"}.get, "phản ánh, chủ đề: ct-xa")
    'phản ánh, chủ đề: UBND xã'
    """
    return _CODE.sub(lambda found: name_of(found[0]) or found[0], reason)
