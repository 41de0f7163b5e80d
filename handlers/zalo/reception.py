"""Takes events of Zalo into the ledger, from the webhook and from quarantine alike."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.delivery.crowd import Acceptance, is_plain
from bot.delivery.inbox import Accepted, accept
from bot.delivery.labels import label_of
from bot.delivery.policy import silence
from bot.delivery.quarantine import let_go
from bot.messages import Incoming, IncomingKind
from bot.moments import Clock
from bot.operations.metrics import Metrics
from bot.store import Done, Store, Wake
from handlers.zalo.channel import NAME, ZaloReader
from handlers.zalo.consequences import is_no_officers, lose_permission
from handlers.zalo.events import is_known

_log = structlog.get_logger()

#: older than Zalo's longest series of repeats: kept all the same, but somebody should know
_LATE = timedelta(hours=24)
#: events after which nothing can be sent until an administrator acts
_ALARMING = frozenset({"permission_revoked"})


@dataclass(frozen=True, slots=True)
class Reception:
    """Accepts all events of a request in one transaction."""

    store: Store
    reader: ZaloReader
    clock: Clock
    metrics: Metrics

    async def take(self, raw: bytes, *, from_quarantine: int | None = None) -> int:
        """Keep what a verified request says; return how many events were new.

        Raises UnreadablePayload, or StoreUnavailable with nothing changed.
        """
        events = self.reader.parse(raw)
        if not events and from_quarantine is None:
            self.metrics.count("webhook", "zalo_ignored")
            return 0
        arrived = _Arrived(events, raw, f"{NAME}:{self.reader.oa_id}", self.clock())
        accepted = await self._write(arrived, from_quarantine)
        for event, outcome in zip(events, accepted, strict=False):
            self._report(event, outcome)
        return sum(not outcome.duplicate for outcome in accepted)

    async def _write(self, arrived: "_Arrived", from_quarantine: int | None) -> Sequence[Accepted]:
        """One plain message, as most requests carry, may be accepted together with others."""
        first, *more = arrived.events or (None,)
        if first is None or more or from_quarantine is not None or not _is_plain(first):
            return await self.store.write(partial(_keep, arrived, from_quarantine))
        return (await self.store.write(Acceptance(first, arrived.raw, arrived.now)),)

    def _report(self, event: Incoming, outcome: Accepted) -> None:
        label = "repeat" if outcome.duplicate else NAME
        self.metrics.count("accepted", label)
        if self.clock() - event.at > _LATE:
            self.metrics.count("webhook", "zalo_late")
        if event.kind is not IncomingKind.OTHER or outcome.duplicate:
            return
        name = str(event.detail.get("event", ""))
        if name in _ALARMING:
            self.metrics.count("webhook", "zalo_alarm")
            _log.error("zalo took a permission away: an administrator must grant consent again")
        elif not is_known(name):
            self.metrics.count("webhook", "zalo_unknown_event")
            _log.warning("unknown event kept", channel=NAME, inbox=outcome.inbox_id)


@dataclass(frozen=True, slots=True)
class _Arrived:
    """One request on its way into the ledger."""

    events: Sequence[Incoming]
    raw: bytes
    account: str
    now: datetime


def _is_plain(event: Incoming) -> bool:
    """Whether nothing but the ledger changes with an event: a tapped button is given its words."""
    alarming = event.detail.get("event") in _ALARMING
    return is_plain(event) and event.kind is not IncomingKind.BUTTON and not alarming


def _keep(
    arrived: _Arrived, from_quarantine: int | None, connection: Connection
) -> Done[tuple[Accepted, ...]]:
    if from_quarantine is not None and not let_go(connection, from_quarantine):
        return Done(())
    accepted: list[Accepted] = []
    wakes: list[Wake] = []
    for event in arrived.events:
        if is_no_officers(connection, event, arrived.now):
            continue
        done = _accept(connection, event, arrived)
        accepted.append(done.value)
        wakes += done.wakes
    return Done(tuple(accepted), tuple(wakes))


def _accept(connection: Connection, event: Incoming, arrived: _Arrived) -> Done[Accepted]:
    labelled, now = _with_label(connection, event), arrived.now
    if event.kind is IncomingKind.ECHO:
        quiet = silence(connection)
        return accept(connection, labelled, arrived.raw, now, silence=quiet)
    done = accept(connection, labelled, arrived.raw, now)
    if event.detail.get("event") in _ALARMING and not done.value.duplicate:
        lose_permission(connection, arrived.account, event, now)
    return done


def _with_label(connection: Connection, event: Incoming) -> Incoming:
    """Give a tapped button the words that stood on it: Zalo sends only what it carries."""
    if event.kind is not IncomingKind.BUTTON:
        return event
    label = label_of(connection, NAME, event.address, event.payload)
    return replace(event, text=label or event.text)
