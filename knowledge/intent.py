"""What kind of message this is, read from its signals before any entry is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.decisions import DecisionKind, MatterKind
from knowledge.patterns import Words

EMERGENCIES = ("fire", "drowning", "medical", "suicide", "child", "crime")
IDLE = ("injection", "spam", "abuse", "chatter", "thanks", "greeting", "bye")
DESK = ("scam", "real_channel", "own_file", "officer")


@dataclass(frozen=True, slots=True)
class Intent:
    """A message's kind where its signals settle it; `kind` is None for a question to look up."""

    kind: DecisionKind | None
    topic: str = ""
    matter: MatterKind = MatterKind.QUESTION
    sure: float = 0.9
    reason: str = ""


LOOK_UP = Intent(None)


def khmer(text: str) -> bool:
    """Tell whether a text holds Khmer script."""
    return sum("\u1780" <= c <= "\u17ff" for c in text) >= 2


def intent_of(signals: Mapping[str, float], words: Words, content: int) -> Intent:
    """Settle the kind of a message; `content` counts the words that carry a matter."""
    seen = signals.get
    asks = seen("procedure", 0.0)
    return (
        _emergency(signals, asks)
        or _grave(signals, asks)
        or _desk(signals, asks)
        or _feedback(signals, asks)
        or _idle(signals, words, content)
        or LOOK_UP
    )


def _emergency(signals: Mapping[str, float], asks: float) -> Intent | None:
    calm = asks + signals.get("calm", 0.0)
    found = [(signals[name], name) for name in EMERGENCIES if name in signals]
    strength, topic = max(found, default=(0.0, ""))
    if strength >= 1.0 and strength > calm:
        return Intent(DecisionKind.EMERGENCY, topic, reason="việc khẩn cấp: gọi số ngay")
    return None


def _grave(signals: Mapping[str, float], asks: float) -> Intent | None:
    accuses, objects = signals.get("denunciation", 0.0), signals.get("complaint", 0.0)
    if accuses >= 1.0 and accuses >= objects and accuses > 0.6 * asks:
        return Intent(DecisionKind.HANDOFF, "", MatterKind.DENUNCIATION, reason="tố cáo")
    if objects >= 1.0 and objects > 0.6 * asks:
        return Intent(DecisionKind.HANDOFF, "", MatterKind.COMPLAINT, reason="khiếu nại")
    return None


def _desk(signals: Mapping[str, float], asks: float) -> Intent | None:
    found = [(signals[name], name) for name in DESK if name in signals]
    strength, topic = max(found, default=(0.0, ""))
    if strength < 1.0 or strength <= 0.5 * asks:
        return None
    late = topic == "own_file" and signals.get("late", 0.0) >= 1.0
    matter = MatterKind.FEEDBACK if late else MatterKind.QUESTION
    return Intent(DecisionKind.HANDOFF, topic, matter, reason=f"việc riêng: {topic}")


def _feedback(signals: Mapping[str, float], asks: float) -> Intent | None:
    strength = sum(signals.get(name, 0.0) for name in ("feedback", "conduct", "late"))
    if strength >= 1.0 and strength > 0.7 * asks:
        topic = "conduct" if signals.get("conduct", 0.0) >= 1.0 else ""
        return Intent(DecisionKind.HANDOFF, topic, MatterKind.FEEDBACK, reason="phản ánh")
    return None


def _idle(signals: Mapping[str, float], words: Words, content: int) -> Intent | None:
    if signals.get("injection", 0.0) >= 1.0:
        return Intent(DecisionKind.SMALLTALK, "injection")
    if signals.get("spam", 0.0) >= 1.0:
        return Intent(DecisionKind.SMALLTALK, "spam")
    if not any(word.isalpha() and len(word) > 1 for word in words.folded):
        return Intent(DecisionKind.SMALLTALK, "chatter", sure=0.95)
    found = [(signals[name], name) for name in IDLE if name in signals]
    if found and signals.get("procedure", 0.0) < 1.0 and content <= 1:
        return Intent(DecisionKind.SMALLTALK, max(found)[1])
    return None
