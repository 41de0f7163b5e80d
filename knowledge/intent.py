"""What kind of message this is, read from its words and signals."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.decisions import DecisionKind, MatterKind
from knowledge.query import Query

HERE = Path(__file__).parent / "data" / "intents.json"

LOOK_UP = "look_up"
EMERGENCIES = ("fire", "drowning", "medical", "suicide", "child", "crime")
IDLE = ("injection", "spam", "abuse", "chatter", "thanks", "greeting", "bye")
TOPICAL = ("own_file", "scam", "real_channel", "officer", "hotline")
WORD = 1.0  # how loudly a plain word speaks beside a signal
CAP = 2.5
ALARM = 0.2  # an emergency is believed sooner than anything else
DOUBT = 0.05  # so sure even where danger is named in so many words
# a denunciation taken for another matter would land with the denounced
GRAVE = {"feedback": 0.8, "complaint": 0.6}
ASKED = 0.15  # so likely what somebody asks, and a procedure answers, is looked up
FITS = 0.8
POOR = 0.3  # no procedure fits
# signals that say more together: who did what, whose right was harmed, what was paid for
TOGETHER = (
    ("actor", "grab"),
    ("actor", "public"),
    ("actor", "fake"),
    ("actor", "kin"),
    ("actor", "hush"),
    ("actor", "force"),
    ("company", "hush"),
    ("company", "fake"),
    ("grab", "public"),
    ("grab", "money"),
    ("fake", "public"),
    ("fake", "money"),
    ("kin", "public"),
    ("money", "only_if"),
    ("own", "harm"),
    ("own", "protest"),
    ("harm", "protest"),
    ("asks", "procedure"),
    ("fume", "actor"),
    ("fume", "late"),
    ("fume", "procedure"),
)
QUIET = frozenset(
    "calm procedure feedback complaint denunciation scope hotline thing official own_file scam "
    "spam injection chatter thanks".split()
)

UNHAPPY = ("fume", "angry", "conduct")

_DECIDED = {
    "smalltalk": DecisionKind.SMALLTALK,
    "emergency": DecisionKind.EMERGENCY,
    LOOK_UP: None,
    "hotline": None,
}
_MATTER = {
    "feedback": MatterKind.FEEDBACK,
    "complaint": MatterKind.COMPLAINT,
    "denunciation": MatterKind.DENUNCIATION,
}


@dataclass(frozen=True, slots=True)
class Intent:
    """A message's kind where it is settled; `kind` is None for a question to look up."""

    kind: DecisionKind | None
    topic: str = ""
    matter: MatterKind = MatterKind.QUESTION
    sure: float = 0.9
    reason: str = ""


@dataclass(frozen=True)
class Intents:
    """A multinomial logistic model: weights by feature and kind."""

    kinds: tuple[str, ...]
    rows: Mapping[str, int]
    table: NDArray[np.float64]

    @classmethod
    def load(cls, path: Path = HERE) -> "Intents":
        """Read the learned weights."""
        weights = json.loads(path.read_text(encoding="utf-8"))["weights"]
        kinds = tuple(weights[""])
        table = [[row.get(kind, 0.0) for kind in kinds] for row in weights.values()]
        return cls(kinds, {name: at for at, name in enumerate(weights)}, np.array(table))

    def of(self, query: Query, found: float) -> Intent:
        """Settle a message's kind; `found` is how surely a procedure answers it."""
        if not any(w.isalpha() and len(w) > 1 for w in query.words.folded):
            return Intent(DecisionKind.SMALLTALK, "chatter", sure=0.95)
        chances = self.chances(evidence(query, found))
        danger = chances.get("emergency", 0.0)
        alarm = danger >= ALARM or (danger >= DOUBT and _alarming(query.signals))
        asks = query.facet is not None and found >= FITS
        name = "emergency" if alarm else _likeliest(chances, asks=asks)
        return _settled(name, chances[name], query.signals)

    def chances(self, view: Mapping[str, float]) -> dict[str, float]:
        """Return the probability of each kind."""
        known = [(self.rows[name], value) for name, value in view.items() if name in self.rows]
        at, values = zip((self.rows[""], 1.0), *known, strict=True)
        sums = np.array(values) @ self.table[list(at)]
        parts = np.exp(sums - sums.max())
        return dict(zip(self.kinds, (parts / parts.sum()).tolist(), strict=True))


def khmer(text: str) -> bool:
    """Tell whether a text holds Khmer script."""
    return sum("\u1780" <= c <= "\u17ff" for c in text) >= 2


def evidence(query: Query, found: float) -> dict[str, float]:
    """Return the features of a message: signals, words, and how a procedure fits."""
    signals = query.signals
    view = {f"s:{name}": min(strength, CAP) for name, strength in signals.items()}
    view |= {f"has:{name}": 1.0 for name in signals}
    view["urgent"] = min(sum(signals.get(name, 0.0) for name in EMERGENCIES), CAP)
    view["life"] = min(signals.get("thing", 0.0), 1.5) * min(signals.get("problem", 0.0), 1.5)
    view["office"] = min(signals.get("official", 0.0), 1.0) * min(
        signals.get("conduct", 0.0) + signals.get("denunciation", 0.0), 2.0
    )
    for one, two in TOGETHER:
        if one in signals and two in signals:
            view[f"x:{one} {two}"] = min(signals[one], 2.0) * min(signals[two], 2.0) / 2.0
    words = query.words.folded
    view["translated"] = float(len(query.variants) > 1)
    count = len(query.content)
    view |= {"empty": float(count == 0), "short": float(count <= 2)} | _fitting(query, found)
    view |= dict.fromkeys((f"w:{word}" for word in words), WORD)
    # how a message begins and ends tells who asks from who tells
    edged = ("^", *words, "$")
    view |= dict.fromkeys((f"w:{one} {two}" for one, two in pairwise(edged)), WORD)
    view |= {f"w:{' '.join(edged[:3])}": WORD, f"w:{' '.join(edged[-3:])}": WORD}
    return view


def _fitting(query: Query, found: float) -> dict[str, float]:
    """Return how a procedure fits what is asked."""
    asked = float(query.facet is not None)
    asks = min(query.signals.get("asks", 0.0), 2.0) / 2.0
    fit = {"found": found, "fit:high": float(found > FITS), "fit:low": float(found < POOR)}
    return fit | {"facet": asked, "fit:facet": found * asked, "fit:asks": found * asks}


def _settled(name: str, chance: float, signals: Mapping[str, float]) -> Intent:
    topic = name if name in TOPICAL else ""
    if name == "emergency":
        topic = _loudest(signals, EMERGENCIES) or "crime"
    elif name == "smalltalk":
        topic = _loudest(signals, IDLE) or "chatter"
    elif name == "feedback" and signals.get("conduct", 0.0) >= 1.0:
        topic = "conduct"
    late = name == "own_file" and any(signals.get(sign, 0.0) >= 1.0 for sign in UNHAPPY)
    return Intent(
        _DECIDED.get(name, DecisionKind.HANDOFF),
        topic,
        MatterKind.FEEDBACK if late else _MATTER.get(name, MatterKind.QUESTION),
        round(chance, 4),
        f"nhận diện: {name}",
    )


def _likeliest(chances: Mapping[str, float], *, asks: bool) -> str:
    """Return the likeliest kind; what is one of several matters is none to look up."""
    top = max(chances, key=lambda kind: (chances[kind], kind))
    if top == LOOK_UP and sum(chances.get(kind, 0.0) for kind in _MATTER) > chances[top]:
        top = max(_MATTER, key=lambda kind: chances.get(kind, 0.0))
    if top in _MATTER and asks and chances.get(LOOK_UP, 0.0) >= ASKED:
        return LOOK_UP
    denounced = chances.get("denunciation", 0.0) >= GRAVE.get(top, 1.0) * chances[top]
    return "denunciation" if denounced else top


def _alarming(signals: Mapping[str, float]) -> bool:
    """Tell whether danger is named and nothing beside it speaks of another matter."""
    return bool(_loudest(signals, EMERGENCIES)) and not signals.keys() & QUIET


def _loudest(signals: Mapping[str, float], names: tuple[str, ...]) -> str:
    strength, name = max((signals.get(name, 0.0), name) for name in names)
    return name if strength else ""
