"""Looks at the installation and calls the operators."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import Connection

from bot.alarms.couriers import Courier, NotDelivered
from bot.alarms.ledger import Notice, Stage, note, told
from bot.alarms.readings import take
from bot.alarms.rules import judge
from bot.alarms.thresholds import Thresholds
from bot.moments import Clock
from bot.store import Done, Store

_log = structlog.get_logger()

_SUBJECTS = {
    Stage.BEGAN: "Dân hỏi: ALARM {name}",
    Stage.GOES_ON: "Dân hỏi: alarm {name} goes on",
    Stage.OVER: "Dân hỏi: alarm {name} is over",
}


@dataclass(frozen=True)
class Watchman:
    """Judges, remembers, and tells everybody there is to tell. `site` names the installation."""

    store: Store
    couriers: Sequence[Courier]
    clock: Clock
    zone: tzinfo
    folder: Path
    site: str
    limits: Thresholds = field(default_factory=Thresholds)

    async def look(self, _slot: datetime) -> None:
        """Take one look; what could not be told is told with the next."""
        now = self.clock()
        look = partial(take, folder=self.folder, limits=self.limits, now=now)
        readings = await self.store.read(look)
        found = judge(readings, self.limits, now, self.zone)
        notices = await self.store.write(lambda c: Done(note(c, found, now)))
        for notice in notices:
            _log.warning("alarm", alarm=notice.name, stage=notice.stage, text=notice.text)
            if await self._tell(notice):
                await self.store.write(partial(_told, notice, now))

    async def _tell(self, notice: Notice) -> bool:
        """Whether at least one courier came through, or there is nobody to tell but the log."""
        arrived = 0
        for courier in self.couriers:
            try:
                await courier.bring(*compose(notice, self.site, self.zone))
                arrived += 1
            except NotDelivered as error:
                _log.warning("alarm not delivered", alarm=notice.name, problem=str(error))
        return bool(arrived) or not self.couriers


def _told(notice: Notice, now: datetime, connection: Connection) -> Done[None]:
    told(connection, [notice], now)
    return Done(None)


def compose(notice: Notice, site: str, zone: tzinfo) -> tuple[str, str]:
    """Return subject and text: what was measured, since when, and where it says what to do."""
    subject = _SUBJECTS[notice.stage].format(name=notice.name)
    since = f"{notice.since.astimezone(zone):%Y-%m-%d %H:%M}"
    help_page = f"docs/alarms.md#{notice.name}"
    return subject, f"{notice.text}\n\nSince {since}, at {site}.\nWhat to do: {help_page}\n"
