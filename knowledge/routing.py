"""Which agency a message goes to, with a reason that a coordinator can read."""

from collections.abc import Sequence

from knowledge.decisions import MatterKind
from knowledge.entries import Entry
from knowledge.gazetteer import Found
from knowledge.lexicon import Lexicon
from knowledge.patterns import Phrases, Words
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


class Router:
    """Proposes an agency by procedure, topic words, field, level and place."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def by_matter(self, matter: MatterKind, words: Words, place: Found) -> tuple[str, str]:
        """Route a denunciation, a complaint or feedback; who is accused never receives it."""
        if matter is MatterKind.DENUNCIATION:
            return INSPECTORATE, "tố cáo: thanh tra tiếp nhận, không chuyển nơi bị nêu tên"
        body = self.body(words) or COMMUNE
        if matter is MatterKind.COMPLAINT:
            return self.placed(body, place), "khiếu nại: nơi đã ra quyết định"
        return self.placed(body, place), f"phản ánh, nơi phụ trách: {body}"

    def by_desk(self, desk: str, words: Words, place: Found) -> tuple[str, str]:
        """Route a message about one's own file, a fraud, a number or a person to talk to."""
        if desk == "scam":
            return POLICE, "dấu hiệu lừa đảo: công an"
        if desk == "real_channel":
            return OFFICE, "hỏi về chính kênh này"
        if desk == "own_file":
            meant = self.body(words), self.topic(words)
            agency = next((a for a in meant if a in OWN_COUNTER), COMMUNE)
            return self.placed(agency, place), "hồ sơ đã nộp: nơi tiếp nhận"
        fallback = OFFICE if desk == "hotline" else COMMUNE
        agency = self._sector(words) or self.topic(words) or fallback
        return self.placed(agency, place), f"{desk}: theo chủ đề hoặc nơi tiếp nhận"

    def by_entry(self, entry: Entry, words: Words, place: Found) -> tuple[str, str]:
        """Route a question whose procedure is found."""
        if entry.agencies:
            return self.placed(entry.agencies[0], place), f"theo thủ tục {entry.code}"
        field = self.topic(self._words(f"{entry.field}"))
        title = self.topic(self._words(entry.title))
        if _commune_level(entry) and field not in {"ct-cong-an", "ct-thue", "ct-bao-hiem-xa-hoi"}:
            return self.placed(COMMUNE, place), f"thủ tục {entry.code} làm ở cấp xã"
        agency = field or title or self.topic(words) or COMMUNE
        return self.placed(agency, place), f"theo lĩnh vực {entry.field or 'của thủ tục'}"

    def by_topic(self, words: Words, place: Found) -> tuple[str, str]:
        """Route by topic words alone."""
        topic = self.body(words) or self.topic(words)
        return self.placed(topic or COMMUNE, place), f"theo từ khóa: {topic or 'chưa rõ'}"

    def topic(self, words: Words) -> str:
        """Return the agency most topic words speak for, or ""."""
        return _voted(self._lexicon.routes, words)

    def body(self, words: Words) -> str:
        """Return the body that is named, or whose service is; "" where none is."""
        return _voted(self._lexicon.bodies, words)

    def _sector(self, words: Words) -> str:
        """Return the body other than the commune that is named, or whose service is; or ""."""
        body = self.body(words)
        return "" if body == COMMUNE else body

    @staticmethod
    def placed(agency: str, place: Found) -> str:
        """Name the commune where it is known."""
        return place.agency if agency == COMMUNE and place.agency else agency

    def _words(self, text: str) -> Words:
        return Words.of(respell(split(text), self._lexicon.spelling))


def _voted(phrases: Phrases, words: Words) -> str:
    """Return the agency with most words found; "agency:weight" says how much each word counts."""
    votes: dict[str, float] = {}
    for match in phrases.find(words):
        agency, _, weight = match.meaning.partition(":")
        votes[agency] = votes.get(agency, 0.0) + len(match.places) * float(weight or 1.0)
    best = max(votes, key=votes.__getitem__, default="")
    return best if votes.get(best) else ""


def _commune_level(entry: Entry) -> bool:
    level: Sequence[str] = entry.level.lower().split(",")
    return any(part.strip() in {"commune", "cấp xã"} for part in level) or (
        "cấp xã" in f"{entry.title} {entry.agency_text}".lower()
    )
