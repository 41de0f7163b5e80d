"""By which road a citizen wants to be told once the channel is closed to us. Pure."""

from enum import StrEnum

import phonenumbers

from bot.privacy.masks import LABELS, MaskKind
from bot.privacy.redaction import redact

_REGION = "VN"


class Road(StrEnum):
    """What happens when the channel is closed; also the use of the consent that is stored."""

    AGAIN = "again"  # the citizen writes a word and gets what waits
    CALL = "call"  # an officer calls the number given for this
    TEMPLATE = "template"  # a message to the number says that an answer waits, nothing else


#: roads for which something of the citizen's is used, so that they need a yes
ASKING = (Road.CALL, Road.TEMPLATE)


def number_in(text: str) -> str | None:
    """Return the first Vietnamese telephone number in a text, as "+84901234567"."""
    found = next(iter(phonenumbers.PhoneNumberMatcher(text, _REGION)), None)
    if found is None or found.number.country_code != 84:
        return None
    return phonenumbers.format_number(found.number, phonenumbers.PhoneNumberFormat.E164)


def readable(number: str) -> str:
    """Return a number as people dial it: "0901 234 567"."""
    parsed = phonenumbers.parse(number, _REGION)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def masked(number: str) -> str:
    """Return what a citizen may see again of a number: its last three figures."""
    return f"…{number[-3:]}"


def without_numbers(text: str) -> str:
    """Return a text without the telephone numbers and whatever else names a person."""
    for found in reversed(list(phonenumbers.PhoneNumberMatcher(text, _REGION))):
        text = text[: found.start] + LABELS[MaskKind.PHONE] + text[found.end :]
    return redact(text).text
