"""From written to spoken: two voices, and how long they take."""

import re

from bot.segments.listing import Line

#: syllables a host reads a second, pauses included: about 200 a minute in Vietnamese news
_SYLLABLES_PER_SECOND = 3.3
_PAUSE_SECONDS = 1.0


def spoken_lines(question: str, answer: str) -> tuple[Line, ...]:
    """Return what the host and the agency's voice read, in order."""
    return (Line("mc", question.strip()), Line("agency", answer.strip()))


def seconds_of(text: str) -> int:
    """Return the speaking time of a text, rounded up to whole seconds."""
    syllables = len(re.findall(r"\w+", text))
    sentences = len(re.findall(r"[.!?…]+(?:\s|$)", text)) or 1
    return int(syllables / _SYLLABLES_PER_SECOND + sentences * _PAUSE_SECONDS + 0.999)
