"""The two voices of an item: the host asks, the agency's voice answers."""

from functools import lru_cache

from bot.segments.listing import Line
from bot.speech import seconds_of, speak

#: between the voices
_PAUSE_SECONDS = 1


#: every look at a published list asks for the same; a month has some twenty items
@lru_cache(maxsize=128)
def spoken_lines(question: str, answer: str) -> tuple[Line, ...]:
    """Return what the host and the agency's voice read aloud, in order."""
    voices = (("mc", question), ("agency", answer))
    return tuple(Line(voice, speak(text.strip()).text) for voice, text in voices)


def speaking_time(lines: tuple[Line, ...]) -> int:
    """Return the seconds that the voices of one item take, with the pause after each."""
    return sum(seconds_of(line.text) + _PAUSE_SECONDS for line in lines)
