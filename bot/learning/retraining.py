"""Weights trained anew from what people reviewed: nightly, or when somebody asks for it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection

from bot.catalogue import build, models
from bot.catalogue.indexes import Indexes
from bot.catalogue.models import Report
from bot.catalogue.snapshot import Snapshot, snapshot
from bot.learning import school
from bot.learning.evidence import known_answers, name_of, propose_answered
from bot.moments import Clock
from bot.privacy import redact
from bot.store import Done, Store
from knowledge.model import Model, shipped
from knowledge.training.past import Past

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Lesson:
    """What became of a training: active, rejected, unchanged (nothing new to learn from)."""

    state: str
    version: str
    report: Report


@dataclass(frozen=True, slots=True)
class _Task:
    found: Snapshot
    past: Sequence[Past]
    report: Report

    @property
    def in_use(self) -> Model:
        return self.found.model or shipped()


class Retraining:
    """Learns from questions of the past; `folder` holds the indexes of the library."""

    def __init__(self, store: Store, folder: Path, clock: Clock) -> None:
        self._store = store
        self._folder = folder.absolute()
        self._clock = clock

    async def run(self, by: str, *, dry_run: bool = False, again: bool = True) -> Lesson:
        """Train, replay the past, and put the model in force when nothing is lost.

        With `again` false nothing is done where the questions are those of the last training.
        """
        task, seen = await self._store.read(self._gather)
        if seen and not again:
            return Lesson("unchanged", task.in_use.version, task.report)
        await build.apart(self._folder, task.found)
        told = await self._taught(task)
        model, report = Model.from_json(told["model"]), _report(task.report, told)
        if dry_run:
            return Lesson("rejected" if report.lost else "active", model.version, report)
        if model.version == task.in_use.version:
            return Lesson("unchanged", model.version, report)
        now = self._clock()
        state = await self._store.write(lambda c: Done(models.keep(c, model, report, by, now)))
        _log.info("weights trained", state=state, lost=report.lost, gained=report.gained)
        return Lesson(state, model.version, report)

    async def nightly(self, _slot: datetime) -> None:
        """Propose what satisfied askers said, then train where there is something new."""
        await self._store.write(lambda c: Done(propose_answered(c, self._clock())))
        await self.run("nightly", again=False)

    def _gather(self, connection: Connection) -> tuple[_Task, bool]:
        past = known_answers(connection, self._clock())
        evidence = name_of(past)
        report = Report(shipped().version, evidence)
        before = models.last(connection)
        told = before.report if before else {}
        same = told.get("evidence"), told.get("based_on")
        nothing = before is None and not any(one.how != "kept" for one in past)
        seen = nothing or same == (evidence, report.based_on)
        return _Task(snapshot(connection), past, report), seen

    async def _taught(self, task: _Task) -> Mapping[str, Any]:
        given = {
            "index": str(Indexes(self._folder).path(task.found.stamp)),
            "model": task.in_use.as_json(),
            "past": [asdict(one) for one in task.past],
        }
        written = await build.beside([school.__name__], json.dumps(given).encode())
        answer: Mapping[str, Any] = json.loads(written)
        return answer


def _report(began: Report, told: Mapping[str, Any]) -> Report:
    losses, gains = _masked(told["losses"]), _masked(told["gains"])
    return Report(
        began.based_on,
        began.evidence,
        told["lessons"],
        told["asked"],
        losses,
        gains,
        len(losses),
        len(gains),
    )


def _masked(moves: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Reports are kept; what identifies anybody is not."""
    return [{**move, "text": redact(move["text"]).text} for move in moves]
