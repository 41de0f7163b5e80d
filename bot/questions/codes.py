"""Receipt codes: seven characters that survive a telephone call."""

import re
import secrets

from stdnum.iso7064 import mod_37_2

#: No two characters that look or are drawn alike (0 O D Q, 1 I L J, 2 Z, 5 S, 6 G, 8 B, U V).
#: A prime number of them: so the check character catches every wrong character and every swap
#: of neighbours.
ALPHABET = "23456789ACEFHKMNPRTVWXY"
LENGTH = 7

#: a look-alike that cannot be in a code stands for the one that can
_LOOK_ALIKES = str.maketrans("ZSGBU", "2568V")
_SEPARATORS = re.compile(r"[\s.\-_·–]+")
_WRITTEN = re.compile(r"(?<![^\W_])[^\W_](?:[ .\-–]?[^\W_]){6}(?![^\W_])")


def new_code() -> str:
    """Return a random code with both digits and letters, so that it is neither word nor number."""
    while True:
        body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
        code = body + mod_37_2.calc_check_digit(body, ALPHABET)
        if 2 <= sum(map(str.isdigit, code)) <= LENGTH - 2:
            return code


def is_valid(code: str) -> bool:
    """Whether a code in its plain form has the right length, characters and check character."""
    return len(code) == LENGTH and mod_37_2.is_valid(code, ALPHABET)


def parse_code(typed: str) -> str | None:
    """Return the plain code of what somebody typed, None if it is none.

    >>> parse_code(" 4k7-m2p 9 ")  # doctest: +SKIP
    '4K7M2P9'
    """
    code = _SEPARATORS.sub("", typed).upper().translate(_LOOK_ALIKES)
    return code if is_valid(code) else None


def find_code(text: str) -> str | None:
    """Return the first code that stands in a sentence; it must contain a digit as typed."""
    for start in range(len(text)):
        written = _WRITTEN.match(text, start)
        if written and any(map(str.isdigit, written[0])) and (code := parse_code(written[0])):
            return code
    return None


def spoken_groups(code: str) -> str:
    """Return the code as people read it out: "4K7 M2P 9"."""
    return f"{code[:3]} {code[3:6]} {code[6:]}"
