"""Names of communes found in a message, of today and of before the merger."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from knowledge.patterns import Match, Phrases, Words
from knowledge.places import Place
from knowledge.text import bare, respell, split

_LEADS = frozenset("xã x phường p trấn huyện h quận q phố ubnd ấp khóm".split()) | frozenset(
    "ở tại về đến xuống dưới bên cũ lao cồn".split()
)
_BARE_LEADS = frozenset(map(bare, _LEADS))
# these lead right before a name and with their marks only: "chợ" is "cho" without
_LANDMARKS = frozenset(
    "chợ sông rạch cầu vùng miệt trong ngoài trên khúc đoạn thuộc kè kênh kinh dân quê nhà".split()
)
_NUMBERED = frozenset({"phuong", "p"})
_KINDS = ("Thị trấn ", "Thị xã ", "Thành phố ", "Xã ", "Phường ", "Huyện ", "Quận ", "Tỉnh ")
DISTRICT = "district"
_OF_DISTRICTS = (("huyện",), ("h",), ("quận",), ("q",), ("thị", "xã"), ("thành", "phố"))


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

    def __init__(
        self,
        places: Iterable[Place],
        spelling: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    ) -> None:
        self._places = tuple(places)
        self._phrases = Phrases({})
        self._communes: dict[str, list[int]] = {}
        self._districts: dict[str, list[int]] = {}
        self._proper: dict[str, str] = {}
        for number, place in enumerate(self._places):
            self._enter(self._communes, place.name, number)
            if place.district:
                self._enter(self._districts, place.district, number)
        self._provinces = {_key(place.province) for place in self._places if place.province}
        for name in self._proper:
            respelled = respell(name.split(), spelling) if " " in name else [name]
            for said in {name, " ".join(respelled)}:  # "Châu Thành A" is read as "… anh"
                self._phrases.add(said, name)

    @property
    def vocabulary(self) -> set[str]:
        """Return the folded words of all names."""
        return self._phrases.vocabulary

    def find(self, words: Words, text: str = "") -> Found:
        """Return what the words say of the place.

        A bare name needs a word that leads to it, or opens the text in capitals.
        """
        matches = [m for m in self._phrases.find(words) if self._leads(words, m, text)]
        numbers: set[int] | None = None
        # "cồn Mỹ Phước, xã Nhơn Mỹ": what is called a commune counts first
        for match in sorted(matches, key=lambda match: not _kind(words, match.places[0])):
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
            numbers |= self._bearing(words, match)
        return tuple(self._places[n] for n in sorted(self._narrowed(words, numbers)))

    def parts(self, agency: str) -> tuple[Place, ...]:
        """Return a commune of today and all that became it or a part of it."""
        return tuple(place for place in self._places if place.agency == agency)

    def _narrowed(self, words: Words, numbers: set[int]) -> set[int]:
        """Where several bear the name, keep those whose district or province is named beside it."""
        for beside in (_whole_district, _district, _province):
            if len({self._places[n].agency for n in numbers}) > 1:
                numbers = self._beside(words, numbers, beside) or numbers
        return numbers

    def _beside(self, words: Words, numbers: set[int], naming: Callable[[Place], str]) -> set[int]:
        text = f" {' '.join(words.folded)} "
        return {n for n in numbers if _stands(naming(self._places[n]), text)}

    def _concluded(self, numbers: set[int], matches: Sequence[Match]) -> Found:
        agencies = tuple(sorted({self._places[n].agency for n in numbers}))
        several = len({self._places[n].province for n in numbers}) > 1
        labels = {self._label(self._places[n], province=several) for n in numbers}
        names = ", ".join(sorted(labels)[:6])
        single = agencies[0] if len(agencies) == 1 else None
        return Found(single, () if single else agencies, tuple(matches), names)

    def _named(self, words: Words, match: Match) -> set[int]:
        """Return who is meant: those of today, unless an old district or "cũ" is said beside it."""
        bearing = self._bearing(words, match)
        told = self._beside(words, bearing, _district)
        if told:
            return told
        old = "cu" in words.folded[match.places[-1] + 1 : match.places[-1] + 3]
        return {n for n in bearing if self._places[n].former == old} or bearing

    def _bearing(self, words: Words, match: Match) -> set[int]:
        """Return all that bear a name, of the kind that stands before it where there is such."""
        kind = _kind(words, match.places[0])
        communes = self._communes.get(match.meaning, [])
        districts = self._districts.get(match.meaning, [])
        if kind == DISTRICT or not communes:
            return set(districts or communes)
        return {n for n in communes if _is(self._places[n], kind)} or set(communes)

    def _enter(self, names: dict[str, list[int]], name: str, number: int) -> None:
        proper = _proper(name)
        key = _key(name)
        names.setdefault(key, []).append(number)
        self._proper[key] = proper

    def _leads(self, words: Words, match: Match, text: str) -> bool:
        start = match.places[0]
        if match.meaning.isdigit():  # "con 10 tuổi" and "ấp 5" name no ward
            return not _NUMBERED.isdisjoint(words.folded[max(0, start - 1) : start])
        if match.meaning in self._provinces:  # "về Sóc Trăng" most often means all of it
            return bool(_kind(words, start))
        if len(match.places) == len(words.folded):
            return True
        long = len(match.places) >= 3 and words.marked
        opens = start == 0 and self._proper[match.meaning] in text
        return long or opens or _led(words, start)

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
    return " ".join(split(_proper(name)))


def _proper(name: str) -> str:
    """Return the name without what it is: "Đại Tâm" of "Xã Đại Tâm"."""
    kind = next((kind for kind in _KINDS if name.startswith(kind)), "")
    return name.removeprefix(kind)


def _led(words: Words, start: int) -> bool:
    """Tell whether a word shortly before leads to a place."""
    if words.marked and start and words.accented[start - 1] in _LANDMARKS:
        return True
    before = slice(max(0, start - 2), start)
    pairs = zip(words.accented[before], words.folded[before], strict=True)
    return any(
        typed in _LEADS or (typed == plain and plain in _BARE_LEADS) for typed, plain in pairs
    )


def _kind(words: Words, start: int) -> str:
    """Return which kind is said right before a name: "xa", "phuong", "tran", DISTRICT or ""."""
    for said in _OF_DISTRICTS:
        if start >= len(said) and words.folded[start - len(said) : start] == tuple(map(bare, said)):
            return DISTRICT if words.agrees(start - len(said), said) else ""
    before = words.folded[start - 1] if start else ""
    return before if before in {"xa", "phuong", "tran"} else ""


def _is(place: Place, kind: str) -> bool:
    return not kind or kind in {bare(word) for word in place.name.lower().split()[:2]}
