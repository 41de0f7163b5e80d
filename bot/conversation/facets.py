"""Messages that ask for one side of a matter and name none; patterns in `facets.yaml`. Pure.

"bao nhieu tien", "di thay duoc hong" mean the procedure last spoken of.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.conversation.words import plain
from knowledge.entries import Facet

_FILE = Path(__file__).parent / "facets.yaml"
_LONGEST = 14
_AGE = re.compile(r"\btuoi\b")


@dataclass(frozen=True, slots=True)
class _Phrases:
    facets: Mapping[Facet, re.Pattern[str]]
    proxy_asked: re.Pattern[str]
    proxy_told: re.Pattern[str]
    unkept: re.Pattern[str]
    call: re.Pattern[str]
    costs: re.Pattern[str]
    death: re.Pattern[str]
    idle: frozenset[str]


def asked_facet(text: str) -> Facet | None:
    """Return the one side that the whole text asks for; None where it names a matter of its own.

    >>> asked_facet("thế bao nhiêu tiền?"), asked_facet("khai sinh bao nhiêu tiền")
    (<Facet.FEE: 'fee'>, None)
    """
    words = plain(text)
    known = _phrases()
    if len(words.split()) > _LONGEST or known.death.search(words):
        return None
    found = {facet: _covered(form, words) for facet, form in known.facets.items()}
    fitting = [facet for facet, rest in found.items() if rest is not None and _idle(rest)]
    return fitting[0] if fitting else None


def answers_it(text: str, fact: str) -> bool:
    """Whether a fact about conditions says something of what was asked about them.

    "di thay duoc hong" is answered by words on who may go, "nó 17 tuổi" by an age.
    """
    known = _phrases()
    said, told = plain(text), plain(fact)
    if _AGE.search(said) and not _AGE.search(told):
        return False
    return not known.proxy_asked.search(said) or bool(known.proxy_told.search(told))


def asks_beside(text: str) -> bool:
    """Whether the whole text asks of a matter what no card keeps: fines, opening hours."""
    words = plain(text)
    rest = _covered(_phrases().unkept, words)
    return len(words.split()) <= _LONGEST and rest is not None and _idle(rest)


def asks_how_much(text: str) -> bool:
    """Whether a text says how much and no fee: "bao nhiêu" of a benefit is what one gets."""
    return not _phrases().costs.search(plain(text))


def asks_to_call(text: str) -> bool:
    """Whether the whole text asks for a number or somebody to call, whatever it is about."""
    return asks_beside(text) and bool(_phrases().call.search(plain(text)))


def _covered(form: re.Pattern[str], words: str) -> str | None:
    """Return what a pattern leaves of the words, None where it covers nothing."""
    rest, found = form.subn(" ", words)
    return rest if found else None


def _idle(words: str) -> bool:
    return _phrases().idle.issuperset(words.split())


@cache
def _phrases() -> _Phrases:
    record: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    someone, settled = record["someone"], record["settled"]

    def joined(forms: list[str]) -> re.Pattern[str]:
        pattern = "|".join(forms).replace("{someone}", someone).replace("{settled}", settled)
        return re.compile(rf"\b(?:{pattern})\b")

    return _Phrases(
        facets={Facet(name): joined(forms) for name, forms in record["facets"].items()},
        proxy_asked=re.compile(record["proxy"]["asked"].replace("{someone}", someone)),
        proxy_told=re.compile(record["proxy"]["told"]),
        unkept=joined(record["unkept"]),
        call=re.compile(record["call"]),
        costs=re.compile(record["costs"]),
        death=re.compile(record["death"]),
        idle=frozenset(record["idle"].split()),
    )
