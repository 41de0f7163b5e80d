"""Written Vietnamese as a host reads it aloud: no figures, no abbreviations.

Pure. The reading is that of the national broadcaster ("nghìn", "linh"), which listeners of every
region know; southern "ngàn" and "lẻ" stay where somebody wrote them.
"""

from bot.speech.reading import Spoken, seconds_of, speak

__all__ = ["Spoken", "seconds_of", "speak"]
