"""Where something is: on the web, by electronic mail, in a street, as one tells it aloud."""

import re

from bot.speech.rules import Match, Rule, rule

_MEMORABLE = 16
_SIGNS = {
    ".": " chấm ",
    "/": " gạch chéo ",
    "@": " a còng ",
    "-": " gạch ngang ",
    "_": " gạch dưới ",
}


def _path(match: Match) -> str:
    """Return the path where somebody can remember it; else the site alone is told."""
    path = (match["path"] or "").rstrip("/")
    return path if len(path) <= _MEMORABLE and not re.search(r"\d", path) else ""


def _told(match: Match) -> str:
    told = re.sub(r"[./@_-]", lambda sign: _SIGNS[sign[0]], f"{match['address']}{_path(match)}")
    return re.sub(r" {2,}", " ", told).strip()


ADDRESSES: tuple[Rule, ...] = (
    rule(
        r"""(?<![\w./@-])(?:https?://)?(?:www\.)?
        (?P<address>(?:[a-z0-9_.-]{1,64}@)?(?:[a-z0-9-]{1,63}\.){1,5}(?:vn|com|org|net|edu|info))
        (?P<path>/[a-zA-Z0-9_./-]{0,200}[a-zA-Z0-9_])?/?(?![\w@])""",
        _told,
    ),
    rule(
        r"""\b(?P<lead>[Ss]ố\ nhà|[Ss]ố|[Hh]ẻm|[Kk]iệt|[Nn]gõ)\s
        (?P<numbers>\d{1,5}[A-Z]?(?:/\d{1,4}[A-Z]?){1,4})(?![\w/-]|[.,]\d)""",
        lambda match: f"{match['lead']} {match['numbers'].replace('/', ' trên ')}",
    ),
)
