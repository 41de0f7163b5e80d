"""What a citizen's words order or betray, by the patterns of `phrases.yaml`."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.conversation.facets import asked_facet
from bot.conversation.words import bare, plain
from knowledge.text import fold

_PHRASES = Path(__file__).parent / "phrases.yaml"
_LONGEST_ORDER = 90
#: here "nha" at the end is the house and "chu" is letters, no polite words
_WHOLE = frozenset({"nuisance", "unlettered"})
_KHMER = re.compile(r"[\u1780-\u17ff]")
#: numbers on the receipts of one-stop desks, e.g. "H21.99-240101-0001"
_FILE_NUMBER = re.compile(r"\b(?:\d{3}\.){0,3}[a-z]\d{2}[.\-][\da-z.\-]*\d{3,}\b")


class Command(StrEnum):
    """What a citizen may order in plain words, at any time."""

    ERASE = "erase"
    SHOW_DATA = "show_data"
    CORRECT_DATA = "correct_data"
    STOP = "stop"
    RESUME = "resume"
    RESUME_SHORT = "resume_short"
    DROP = "drop"
    WITHDRAW = "withdraw"
    UNCONSENT = "unconsent"
    OFFICER = "officer"
    HOTLINES = "hotlines"
    MORE = "more"
    WRONG = "wrong"
    REOPEN = "reopen"
    CLEAR = "clear"
    STATUS = "status"
    AGAIN = "again"
    MENU = "menu"
    GENUINE = "genuine"
    WHO = "who"


class Cue(StrEnum):
    """What a text is about where no procedure card would be right."""

    SCAM_LOST = "scam_lost"
    NUISANCE = "nuisance"
    SCAM = "scam"
    OWN_FILE = "own_file"
    LATE_FILE = "late_file"
    IDENTITY_PAPER = "identity_paper"
    OPENER = "opener"
    INTRODUCED = "introduced"
    UNLETTERED = "unlettered"
    PICTURES = "pictures"
    SPEAKS_KHMER = "speaks_khmer"
    SPEAKS_VIETNAMESE = "speaks_vietnamese"
    SUPPLEMENT = "supplement"
    MERGER = "merger"
    PLACE = "place"
    AND_THEN = "and_then"
    ACKNOWLEDGED = "acknowledged"
    KHMER = "khmer"


def command_in(text: str) -> Command | None:
    """Return what the whole text orders: "huỷ câu hỏi", "gặp cán bộ", "ngừng nhận tin"."""
    words = bare(text)
    if not words or len(words) > _LONGEST_ORDER:
        return None
    forms = _patterns("commands")
    return next((Command(name) for name, form in forms.items() if form.fullmatch(words)), None)


def topical_order(text: str) -> tuple[Command, str] | None:
    """Return an order about one question, and the words that tell which: "hủy câu rác giùm"."""
    words = bare(text)
    for name, form in _patterns("topics").items():
        if found := form.fullmatch(words):
            topic = next(filter(None, found.groups()))
            return Command(name), topic
    return None


def cue_in(text: str) -> Cue | None:
    """Return the special matter a text shows, None for an ordinary one."""
    if _KHMER.search(text):
        return Cue.KHMER
    if has_file_number(text):
        return Cue.OWN_FILE
    words, whole = bare(text), plain(text)
    return next(
        (
            Cue(name)
            for name, form in _patterns("cues").items()
            if form.search(whole if name in _WHOLE else words)
        ),
        None,
    )


def has_file_number(text: str) -> bool:
    """Whether the number of a file at a one-stop desk stands in a text."""
    return bool(_FILE_NUMBER.search(fold(text)))


def is_minor(text: str) -> bool:
    """Whether somebody younger than eighteen speaks: "con 14 tuổi", "em học lớp 8".

    A parent who tells of a child ("con tôi 14 tuổi") is none.
    """
    return bool(_patterns("people")["minor"].search(plain(text)))


def asks_a_fine(text: str) -> bool:
    """Whether somebody wants to know a fine, and contests none: "không lắp thì phạt bao nhiêu"."""
    return bool(_patterns("fines")["asked"].search(plain(text)))


def tells_own_age(text: str) -> bool:
    """Whether the whole text is somebody's own age: "con 14 tuổi"."""
    return bool(_patterns("people")["age"].search(plain(text)))


def tells_of_somebody(text: str) -> bool:
    """Whether the whole text tells somebody's age or for how long something is: "nó 17 tuổi"."""
    return bool(_patterns("people")["told"].search(plain(text)))


def tells_a_mishap(text: str) -> bool:
    """Whether the whole text tells what befell a paper: "mất rồi"."""
    return bool(_patterns("people")["mishap"].search(plain(text)))


def blames(text: str) -> bool:
    """Whether anger says nothing of what it is about: "làm ăn kiểu gì vậy"."""
    return bool(_patterns("grumbles")["blame"].search(bare(text)))


def finds_too_dear(text: str) -> bool:
    """Whether somebody finds too high what they have to pay: "sao thuế nhiều vậy"."""
    return bool(_patterns("grumbles")["dear"].search(plain(text)))


def goes_on_grumbling(text: str) -> bool:
    """Whether anger goes on without a matter of its own: "hẹn tới hẹn lui"."""
    return bool(_patterns("grumbles")["more"].search(bare(text)))


def names_where(text: str) -> bool:
    """Whether the whole text begins like a place and asks nothing: "xã Lâm Tân"."""
    return bool(_patterns("people")["named"].search(plain(text))) and asked_facet(text) is None


def tells_where(text: str) -> bool:
    """Whether the whole text says where or when something is: "ở kênh xáng", "nộp ở xã"."""
    return bool(_patterns("people")["where"].search(plain(text)))


def tells_of_a_death(text: str) -> bool:
    """Whether somebody near has just died: "ba tui mới mất hôm qua"."""
    return bool(_patterns("people")["bereaved"].search(plain(text)))


def is_hamlet(text: str) -> bool:
    """Whether a text names where somebody lives below the commune only: "ấp 5"."""
    return bool(_patterns("hamlets")["only"].search(bare(text)))


def names_identity_paper(caption: str) -> bool:
    """Whether a picture's own words say that it shows an identity paper."""
    words = bare(caption)
    named = any(form.search(words) for form in _patterns("captions").values())
    return named or cue_in(caption) is Cue.IDENTITY_PAPER


def _numbered(pattern: str) -> str:
    """Return alternatives that each may capture a topic: a group's name may stand only once."""
    return pattern.replace("?P<topic>", "")


@cache
def _patterns(section: str) -> Mapping[str, re.Pattern[str]]:
    """Return a section of the phrases, compiled, in the order of the file."""
    phrases: dict[str, Any] = yaml.safe_load(_PHRASES.read_text(encoding="utf-8"))
    return {
        name: re.compile(_numbered("|".join(f.replace("{me}", phrases["me"]) for f in forms)))
        for name, forms in phrases[section].items()
    }
