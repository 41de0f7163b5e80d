"""Abbreviations of administration and daily writing, as data."""

from bot.speech.rules import Match, Rule, one_of, rule, table

_WORDS = table("abbreviations")
_PLACES = table("places")
_SIGNS = table("signs")


def _place(match: Match) -> str | None:
    following = match.string[match.end() : match.end() + 2]
    is_name = following[:1].isupper() and following[1:].islower()
    return f"{_PLACES[match['short']]} " if is_name or following[:1].isdigit() else None


#: "P.5", "Q. Ninh Kiều", "QL1A": only before a number or a name
PLACES: tuple[Rule, ...] = (rule(rf"(?<![\w.])(?P<short>{one_of(_PLACES)})\s?(?=\w)", _place),)

ABBREVIATIONS: tuple[Rule, ...] = (
    rule(
        rf"(?<![\w.@/-])(?:{one_of(_WORDS)})(?![\w@]|-[A-ZĐ]|[./](?=[^\W_]))",
        lambda match: _WORDS[match[0]],
    ),
    rule(rf"(?:{one_of(_SIGNS)})", lambda match: _SIGNS[match[0]]),
)
