"""From when on something is an alarm."""

from dataclasses import dataclass
from datetime import time, timedelta

#: channels whose events come through somebody else's webhook, which can fall silent unnoticed
PROVIDERS = ("zalo", "telegram")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From when on an operator is called."""

    #: a channel that many people used last week is silent this long in waking hours
    silence: timedelta = timedelta(hours=3)
    people: int = 20
    waking: tuple[time, time] = (time(8), time(21))
    token_left: timedelta = timedelta(days=14)
    undecided_for: timedelta = timedelta(minutes=2)
    unsent: int = 500
    quarantined: int = 1
    put_aside: int = 1
    backup_age: timedelta = timedelta(hours=50)  # two nights and the time it takes
    disk_bytes: int = 1 << 30
    disk_share: float = 0.05
