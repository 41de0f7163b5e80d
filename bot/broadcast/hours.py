"""When a broadcast may go out: never at night. Pure."""

from datetime import datetime, time, timedelta, tzinfo

#: the provider allows 06:00 to 21:59; people are left an hour on both sides
OPENS, CLOSES = time(7), time(21)


def next_allowed(now: datetime, zone: tzinfo) -> datetime:
    """Return now where it is allowed, else the next morning's opening."""
    local = now.astimezone(zone)
    if OPENS <= local.time() < CLOSES:
        return now
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    return datetime.combine(day, OPENS, zone)
