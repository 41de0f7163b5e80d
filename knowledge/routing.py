"""Which agency a message goes to, with a reason that a coordinator can read."""

from collections import Counter
from collections.abc import Sequence

from knowledge.decisions import MatterKind
from knowledge.entries import Entry
from knowledge.gazetteer import Found
from knowledge.lexicon import Lexicon
from knowledge.patterns import Words
from knowledge.text import respell, split

COMMUNE = "ct-xa"
INSPECTORATE = "ct-thanh-tra"
OFFICE = "ct-van-phong-ubnd"
POLICE = "ct-cong-an"
ONE_STOP = "ct-tt-pvhcc"
# bodies that serve people by themselves and answer for their own service
OWN_SERVICE = frozenset({"ct-dien-luc", "ct-bao-hiem-xa-hoi", "ct-thue"})


class Router:
    """Proposes an agency by procedure, topic words, field, level and place."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def by_matter(self, matter: MatterKind, words: Words, place: Found) -> tuple[str, str]:
        """Route a denunciation, a complaint or feedback; who is accused never receives it."""
        topic = self.topic(words)
        if matter is MatterKind.DENUNCIATION:
            return INSPECTORATE, "tố cáo: thanh tra tiếp nhận, không chuyển nơi bị nêu tên"
        if matter is MatterKind.COMPLAINT:
            return (topic or OFFICE), "khiếu nại: nơi đã ra quyết định hoặc ban tiếp công dân"
        agency = topic if topic in OWN_SERVICE else COMMUNE
        return self.placed(agency, place), f"phản ánh, chủ đề: {topic or 'đời sống tại xã'}"

    def by_desk(self, desk: str, words: Words, place: Found) -> tuple[str, str]:
        """Route a message about one's own file, a fraud, a number or a person to talk to."""
        topic = self.topic(words)
        if desk == "scam":
            return POLICE, "dấu hiệu lừa đảo: công an"
        if desk == "real_channel":
            return OFFICE, "hỏi về chính kênh này"
        fallback = {"own_file": ONE_STOP, "hotline": OFFICE}.get(desk, COMMUNE)
        return self.placed(topic or fallback, place), f"{desk}: theo chủ đề hoặc nơi tiếp nhận"

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
        topic = self.topic(words)
        return self.placed(topic or COMMUNE, place), f"theo từ khóa: {topic or 'chưa rõ'}"

    def topic(self, words: Words) -> str:
        """Return the agency most topic words speak for, or ""."""
        votes: Counter[str] = Counter()
        for match in self._lexicon.routes.find(words):
            votes[match.meaning] += len(match.places)
        return votes.most_common(1)[0][0] if votes else ""

    @staticmethod
    def placed(agency: str, place: Found) -> str:
        """Name the commune where it is known."""
        return place.agency if agency == COMMUNE and place.agency else agency

    def _words(self, text: str) -> Words:
        return Words.of(respell(split(text), self._lexicon.spelling))


def _commune_level(entry: Entry) -> bool:
    level: Sequence[str] = entry.level.lower().split(",")
    return any(part.strip() in {"commune", "cấp xã"} for part in level) or (
        "cấp xã" in f"{entry.title} {entry.agency_text}".lower()
    )
