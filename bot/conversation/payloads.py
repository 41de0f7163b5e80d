"""What buttons carry: written by us, yet read as strictly as any stranger's words."""

import re
from dataclasses import dataclass

PREFIX = "#x:"

_ENTRY = re.compile(r"(?:procedure|hotline|faq):[\w.\-]{1,60}")
_CODE = re.compile(r"[0-9A-Z]{7}")
_NO_ARGUMENT = re.compile(r"")
_SHAPES = {
    "entry": _ENTRY,
    "none": _NO_ARGUMENT,
    "helped": _NO_ARGUMENT,
    "nothelped": _NO_ARGUMENT,
    "officer": _NO_ARGUMENT,
    "send": _NO_ARGUMENT,  # to the agency, though another door was shown
    "keep": _NO_ARGUMENT,  # leave things as they are
    "menu": _NO_ARGUMENT,
    "hotlines": _NO_ARGUMENT,
    "mine": _NO_ARGUMENT,
    "erase": _NO_ARGUMENT,
    "rate": re.compile(r"[123]"),
    "publish": re.compile(r"yes|no"),
    "air": re.compile(r"hidden|named|no"),
    "clear": _CODE,
    "more": _CODE,
    "wrong": _CODE,
    "status": _CODE,
    "withdraw": _CODE,
    "waiting": _CODE,
    "roads": _CODE,
    "again": _CODE,
    "call": _CODE,
    "template": _CODE,
}
_AFFIRMS = frozenset({"helped", "send", "erase", "withdraw", "clear"})
_DENIES = frozenset({"none", "nothelped", "keep", "wrong"})
_YES = frozenset({("rate", "1"), ("publish", "yes"), ("air", "hidden")})
_NO = frozenset({("rate", "3"), ("publish", "no"), ("air", "no")})


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed, or chosen by typing."""

    act: str
    argument: str = ""

    @property
    def affirms(self) -> bool:
        """Whether a plain "yes" means this button."""
        return self.act in _AFFIRMS or (self.act, self.argument) in _YES

    @property
    def denies(self) -> bool:
        """Whether a plain "no" means this button."""
        return self.act in _DENIES or (self.act, self.argument) in _NO


def payload(act: str, argument: str = "") -> str:
    """Return the payload of a button of ours, e.g. "#x:rate:1"."""
    return f"{PREFIX}{act}:{argument}" if argument else f"{PREFIX}{act}"


def is_payload(text: str) -> bool:
    """Whether a text claims to come from a button."""
    return text.startswith(PREFIX)


def read_payload(text: str) -> Press | None:
    """Return the press a payload stands for; None for whatever we never wrote."""
    if not is_payload(text):
        return None
    act, _, argument = text.removeprefix(PREFIX).partition(":")
    shape = _SHAPES.get(act)
    return Press(act, argument) if shape and shape.fullmatch(argument) else None
