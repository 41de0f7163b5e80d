"""Names of communes found in a message, of today and of before the merger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.patterns import Match, Phrases, Words
from knowledge.places import Place
from knowledge.text import bare, split

_LEADS = frozenset(
    "o tai xa phuong tran huyen quan pho ubnd ve den xuong duoi ben ap khom cu lao con".split()
)
_NUMBERED = frozenset({"phuong", "p"})
_DROPPED = ("thị trấn ", "thị xã ", "thành phố ", "xã ", "phường ", "huyện ", "quận ", "tỉnh ")


@dataclass(frozen=True, slots=True)
class Found:
    """Where the message is about: one commune, or several that bear the name."""

    agency: str | None
    offered: tuple[str, ...]
    matches: tuple[Match, ...]
    reason: str


NOWHERE = Found(None, (), (), "")


class Gazetteer:
    """Finds communes by name; a district or a shared name is offered, not guessed."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = tuple(places)
        self._phrases = Phrases({})
        self._communes: dict[str, list[int]] = {}
        self._districts: dict[str, list[int]] = {}
        for number, place in enumerate(self._places):
            self._communes.setdefault(_key(place.name), []).append(number)
            if place.district:
                self._districts.setdefault(_key(place.district), []).append(number)
        for name in self._communes.keys() | self._districts.keys():
            self._phrases.add(name, name)

    @property
    def vocabulary(self) -> set[str]:
        """Return the folded words of all names."""
        return self._phrases.vocabulary

    def find(self, words: Words) -> Found:
        """Return what the words say of the place; a bare name needs a word that leads to it."""
        matches = [m for m in self._phrases.find(words) if self._leads(words, m)]
        numbers: set[int] | None = None
        for match in matches:
            named = self._named(words, match)
            both = named if numbers is None else numbers & named
            numbers = both or numbers
        if numbers is None:
            return NOWHERE
        return self._concluded(self._narrowed(words, numbers), matches)

    def namesakes(self, words: Words) -> tuple[Place, ...]:
        """Return all that bear a name among the words, of today and of before the merger."""
        numbers: set[int] = set()
        for match in self._phrases.find(words):
            start = match.places[0]
            districts = self._districts.get(match.meaning, [])
            communes = self._communes.get(match.meaning, [])
            bearing = set(districts if _is_district(words, start) else communes or districts)
            kind = _kind(words, start)
            numbers |= {n for n in bearing if _is(self._places[n], kind)} or bearing
        return tuple(self._places[n] for n in sorted(self._narrowed(words, numbers)))

    def parts(self, agency: str) -> tuple[Place, ...]:
        """Return a commune of today and all that became it or a part of it."""
        return tuple(place for place in self._places if place.agency == agency)

    def _narrowed(self, words: Words, numbers: set[int]) -> set[int]:
        """Where several bear the name, keep those whose district or province is named beside it."""
        text = f" {' '.join(words.folded)} "
        for beside in (_whole_district, _district, _province):
            if len({self._places[n].agency for n in numbers}) > 1:
                told = {n for n in numbers if _stands(beside(self._places[n]), text)}
                numbers = told or numbers
        return numbers

    def _concluded(self, numbers: set[int], matches: Sequence[Match]) -> Found:
        agencies = tuple(sorted({self._places[n].agency for n in numbers}))
        several = len({self._places[n].province for n in numbers}) > 1
        labels = {self._label(self._places[n], province=several) for n in numbers}
        names = ", ".join(sorted(labels)[:6])
        single = agencies[0] if len(agencies) == 1 else None
        return Found(single, () if single else agencies, tuple(matches), names)

    def _named(self, words: Words, match: Match) -> set[int]:
        start = match.places[0]
        districts = self._districts.get(match.meaning, [])
        communes = self._communes.get(match.meaning, [])
        if _is_district(words, start) or not communes:
            return set(districts or communes)
        now = [n for n in communes if not self._places[n].former]
        old = "cu" in words.folded[match.places[-1] + 1 : match.places[-1] + 3]
        kind = _kind(words, start)
        same = [n for n in (communes if old else now or communes) if _is(self._places[n], kind)]
        if old:
            same = [n for n in same if self._places[n].former] or same
        return set(same or (communes if old else now or communes))

    def _leads(self, words: Words, match: Match) -> bool:
        before = words.folded[max(0, match.places[0] - 2) : match.places[0]]
        if match.meaning.isdigit():  # "con 10 tuổi" and "ấp 5" name no ward
            return bool(_NUMBERED & set(before))
        alone = len(match.places) == len(words.folded)
        long = len(match.places) >= 3 and words.marked
        return alone or long or bool(_LEADS & set(before))

    @staticmethod
    def _label(place: Place, *, province: bool) -> str:
        parts = [place.district, place.province if province and place.former else ""]
        told = ", ".join(part for part in parts if part)
        return f"{place.name} ({told})" if told else place.name


def _stands(name: str, text: str) -> bool:
    return bool(name) and f" {name} " in text


def _whole_district(place: Place) -> str:
    """Return "thi xa nga nam": with its kind it is nothing else."""
    return " ".join(map(bare, split(place.district)))


def _district(place: Place) -> str:
    """Return "nga nam", "" for a district that bears the commune's own name."""
    key = _key(place.district)
    return "" if key == _key(place.name) else " ".join(map(bare, key.split()))


def _province(place: Place) -> str:
    return " ".join(map(bare, _key(place.province).split()))


def _key(name: str) -> str:
    lower = name.lower()
    for kind in _DROPPED:
        if lower.startswith(kind):
            lower = lower[len(kind) :]
            break
    return " ".join(split(lower))


def _is_district(words: Words, start: int) -> bool:
    return not {"huyen", "quan", "tx"}.isdisjoint(words.folded[max(0, start - 2) : start])


def _kind(words: Words, start: int) -> str:
    before = words.folded[start - 1] if start else ""
    return before if before in {"xa", "phuong", "tran"} else ""


def _is(place: Place, kind: str) -> bool:
    return not kind or kind in {bare(word) for word in place.name.lower().split()[:2]}
