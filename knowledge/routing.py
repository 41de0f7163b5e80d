"""Which agency a message goes to, with a reason that a coordinator can read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.decisions import MatterKind
from knowledge.entries import Entry
from knowledge.gazetteer import Found
from knowledge.lexicon import Lexicon
from knowledge.patterns import Match, Phrases, Words
from knowledge.text import respell, split

COMMUNE = "ct-xa"
INSPECTORATE = "ct-thanh-tra"
OFFICE = "ct-van-phong-ubnd"
POLICE = "ct-cong-an"
LAND = "ct-so-nong-nghiep-moi-truong"
# bodies that take files at their own counters
OWN_COUNTER = frozenset(
    {"ct-dien-luc", "ct-bao-hiem-xa-hoi", "ct-thue", POLICE, LAND, "ct-so-noi-vu"}
)
# a commune takes the papers of these, and others decide
NOT_AT_COMMUNES = frozenset({"ct-bao-hiem-xa-hoi", "ct-thue", POLICE})
# a name after one of these says where, which counts little
NEAR = ("gần", "kế", "sát", "trước", "sau", "cổng", "cạnh", "ngang", "khúc", "đoạn", "đến")
BESIDE = 0.25
TITLES = 8192
DESKS = {"hotline": "hỏi số liên hệ", "officer": "muốn gặp cán bộ"}


@dataclass(frozen=True, slots=True)
class Named:
    """An agency and the citizen's words that speak for it."""

    agency: str
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = ", ".join(self.words)
        return f"{self.agency} ({told})" if told else self.agency


class Router:
    """Proposes an agency by procedure, topic words, field, level and place."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._titled = lru_cache(maxsize=TITLES)(self._read)  # fields and titles come again

    def by_matter(self, matter: MatterKind, words: Words, place: Found) -> tuple[str, str]:
        """Route a denunciation, a complaint or feedback; who is accused never receives it."""
        if matter is MatterKind.DENUNCIATION:
            return INSPECTORATE, "tố cáo: thanh tra tiếp nhận, không chuyển nơi bị nêu tên"
        named = self.body(words) or Named(COMMUNE)
        if matter is MatterKind.COMPLAINT:
            return self.placed(named.agency, place), f"khiếu nại, nơi đã ra quyết định: {named}"
        return self.placed(named.agency, place), f"phản ánh, nơi phụ trách: {named}"

    def by_desk(self, desk: str, words: Words, place: Found) -> tuple[str, str]:
        """Route a message about one's own file, a fraud, a number or a person to talk to."""
        if desk == "scam":
            return POLICE, "dấu hiệu lừa đảo: công an"
        if desk == "real_channel":
            return OFFICE, "hỏi về chính kênh này"
        body, topic = self.body(words), self.topic(words)
        if desk == "own_file":
            counters = (named for named in (body, topic) if named and named.agency in OWN_COUNTER)
            named = next(counters, Named(COMMUNE))
            return self.placed(named.agency, place), f"hồ sơ đã nộp, nơi tiếp nhận: {named}"
        sector = body if body and body.agency != COMMUNE else None
        nobody = Named(OFFICE if desk == "hotline" else COMMUNE)
        named = sector or topic or body or nobody
        return self.placed(named.agency, place), f"{DESKS[desk]}, nơi phụ trách: {named}"

    def by_entries(self, entries: Sequence[Entry], words: Words, place: Found) -> tuple[str, str]:
        """Route a question that several procedures may answer: to where most of them are done."""
        routes = [self.by_entry(entry, words, place) for entry in entries]
        most = Counter(agency for agency, _ in routes).most_common(1)[0][0]
        return next(route for route in routes if route[0] == most)

    def by_entry(self, entry: Entry, words: Words, place: Found) -> tuple[str, str]:
        """Route a question whose procedure is found."""
        if entry.agencies:
            return self.placed(entry.agencies[0], place), f"theo thủ tục {entry.code}"
        field = self._titled(f"{entry.field}")
        elsewhere = field is not None and field.agency in NOT_AT_COMMUNES
        if _commune_level(entry) and not elsewhere:
            return self.placed(COMMUNE, place), f"thủ tục {entry.code} làm ở cấp xã"
        named = field or self._titled(entry.title) or self.topic(words)
        agency = named.agency if named else COMMUNE
        return self.placed(agency, place), f"theo lĩnh vực {entry.field or 'của thủ tục'}"

    def by_topic(self, words: Words, place: Found) -> tuple[str, str]:
        """Route by topic words alone."""
        named = self.body(words) or self.topic(words)
        agency = named.agency if named else COMMUNE
        return self.placed(agency, place), f"theo từ khóa: {named or 'chưa rõ'}"

    def topic(self, words: Words) -> Named | None:
        """Return the agency most topic words speak for."""
        return _voted(self._lexicon.routes, words)

    def body(self, words: Words) -> Named | None:
        """Return the body that is named, or whose service is."""
        return _voted(self._lexicon.bodies, words)

    @staticmethod
    def placed(agency: str, place: Found) -> str:
        """Name the commune where it is known."""
        return place.agency if agency == COMMUNE and place.agency else agency

    def _read(self, text: str) -> Named | None:
        return self.topic(Words.of(respell(split(text), self._lexicon.spelling)))


def _voted(phrases: Phrases, words: Words) -> Named | None:
    """Return the agency with most words found; "agency:weight" says how much each word counts."""
    votes: dict[str, float] = {}
    found: dict[str, list[str]] = {}
    for match in phrases.find(words):
        agency, _, weight = match.meaning.partition(":")
        worth = float(weight or 1.0) * (BESIDE if _only_beside(words, match) else 1.0)
        votes[agency] = votes.get(agency, 0.0) + len(match.places) * worth
        found.setdefault(agency, []).append(" ".join(words.accented[at] for at in match.places))
    best = max(votes, key=votes.__getitem__, default="")
    return Named(best, tuple(dict.fromkeys(found[best]))) if votes.get(best) else None


def _only_beside(words: Words, match: Match) -> bool:
    """Tell whether a name only says where: "gần bệnh viện", "trước cây xăng"."""
    before = match.places[0] - 1
    return before >= 0 and any(words.agrees(before, (word,)) for word in NEAR)


def _commune_level(entry: Entry) -> bool:
    level: Sequence[str] = entry.level.lower().split(",")
    return any(part.strip() in {"commune", "cấp xã"} for part in level) or (
        "cấp xã" in f"{entry.title} {entry.agency_text}".lower()
    )
