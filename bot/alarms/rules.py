"""When a reading is an alarm, pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from bot.alarms import Alarm, Name
from bot.alarms.readings import Readings
from bot.alarms.thresholds import Thresholds


def judge(readings: Readings, limits: Thresholds, now: datetime, zone: tzinfo) -> list[Alarm]:
    """Return every alarm the readings give, at most one of a name."""
    judged = (
        *_silence(readings, limits, now, zone),
        *_tokens(readings, limits, now),
        *_ledger(readings, limits, now),
        *_disk(readings, limits),
        *_backup(readings, limits, now),
        *_strangers(readings),
    )
    merged: dict[Name, Alarm] = {}
    for alarm in judged:
        before = merged.get(alarm.name)
        text = f"{before.text}; {alarm.text}" if before else alarm.text
        merged[alarm.name] = Alarm(alarm.name, text)
    return list(merged.values())


def _silence(
    readings: Readings, limits: Thresholds, now: datetime, zone: tzinfo
) -> Iterator[Alarm]:
    opens, closes = limits.waking
    today = now.astimezone(zone)
    awake_since = datetime.combine(today.date(), opens, zone)
    if not opens <= today.time() < closes:
        return
    for channel, last in readings.heard.items():
        if now - max(last, awake_since) > limits.silence:
            yield Alarm(
                Name.SILENCE,
                f"{channel}: nothing came in for {_hours(now - last)}, "
                f"though {limits.people} people or more wrote within a week",
            )


def _tokens(readings: Readings, limits: Thresholds, now: datetime) -> Iterator[Alarm]:
    for account, age in readings.tokens.items():
        if age.lost:
            yield Alarm(Name.TOKEN, f"{account}: the provider takes our tokens no more")
        elif age.refresh_ends <= now:
            yield Alarm(Name.TOKEN, f"{account}: the refresh token has ended")
        elif age.access_ends <= now:
            since = _hours(now - age.access_ends)
            yield Alarm(Name.TOKEN, f"{account}: the access token ended {since} ago, unrenewed")
        elif age.refresh_ends - now < limits.token_left:
            days = (age.refresh_ends - now).days
            yield Alarm(Name.TOKEN, f"{account}: the refresh token ends in {days} days")


def _ledger(readings: Readings, limits: Thresholds, now: datetime) -> Iterator[Alarm]:
    open_rows = readings.backlog
    if open_rows.oldest is not None and now - open_rows.oldest > limits.undecided_for:
        waited = _hours(now - open_rows.oldest)
        yield Alarm(
            Name.BACKLOG, f"{open_rows.undecided} messages undecided, the oldest for {waited}"
        )
    if open_rows.unsent > limits.unsent:
        yield Alarm(Name.UNSENT, f"{open_rows.unsent} replies wait to be sent")
    if open_rows.unknown:
        yield Alarm(Name.DOUBTS, f"{open_rows.unknown} sendings of unknown outcome")
    if readings.quarantined >= limits.quarantined:
        yield Alarm(Name.QUARANTINE, f"{readings.quarantined} webhook requests in quarantine")
    if readings.put_aside >= limits.put_aside:
        yield Alarm(Name.ERRORS, f"{readings.put_aside} messages put aside within a day")


def _disk(readings: Readings, limits: Thresholds) -> Iterator[Alarm]:
    share = readings.disk_free / readings.disk_total
    if readings.disk_free < limits.disk_bytes or share < limits.disk_share:
        yield Alarm(Name.DISK, f"{readings.disk_free >> 20} MB free, {share:.0%} of the disk")


def _backup(readings: Readings, limits: Thresholds, now: datetime) -> Iterator[Alarm]:
    """Whoever never made one may have copies of another kind."""
    if readings.backed_up and now - readings.backed_up > limits.backup_age:
        days = (now - readings.backed_up).days
        yield Alarm(Name.BACKUP, f"the last backup was made {days} days ago")


def _strangers(readings: Readings) -> Iterator[Alarm]:
    for agency, count in readings.crowded.items():
        yield Alarm(Name.CROWD, f"{agency}: {count} questions of the web chat are open")
    for account, count in readings.besieged.items():
        yield Alarm(Name.LOGINS, f"{count} failed logins at {account} in a quarter of an hour")


def _hours(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    return f"{minutes // 60} h {minutes % 60:02} min"
