"""Learned weights in the database: one in force at most, every former one kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.catalogue.repository import hold, raise_version
from bot.errors import BotError
from bot.tables.desk import audit
from bot.tables.learning import learned_model
from knowledge.model import Model, shipped

_SHOWN = 200


class NoSuchModel(BotError):
    """Không có bản mẫu này."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a training found.

    `based_on` is the shipped model of the release it was trained with: under another release
    the shipped weights are in force until the next training.
    """

    based_on: str
    evidence: str  # a name for the questions it learned from
    lessons: int = 0
    asked: int = 0
    losses: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    gains: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    lost: int = 0
    gained: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON, lists cut where nobody reads on."""
        return {**asdict(self), "losses": [*self.losses][:_SHOWN], "gains": [*self.gains][:_SHOWN]}


def in_force(connection: Connection) -> Row[Any] | None:
    """Return the learned model that decides, None where the shipped one does."""
    query = select(learned_model).where(learned_model.c.state == "active")
    row = connection.execute(query).first()
    return row if row and row.report.get("based_on") == shipped().version else None


def model_in_force(connection: Connection) -> Model | None:
    """Return its weights, None for the shipped ones."""
    row = in_force(connection)
    return Model.from_json(row.weights) if row else None


def named(connection: Connection, version: str) -> Model | None:
    """Return a model of the past by its version, None where it is not kept any more."""
    if version == shipped().version:
        return shipped()
    query = select(learned_model.c.weights).where(learned_model.c.version == version)
    weights = connection.scalar(query)
    return Model.from_json(weights) if weights else None


def all_models(connection: Connection, limit: int = 30) -> Sequence[Row[Any]]:
    """Return what was learned, newest first."""
    query = select(learned_model).order_by(learned_model.c.id.desc()).limit(limit)
    return connection.execute(query).all()


def last(connection: Connection) -> Row[Any] | None:
    """Return the training that came last, accepted or not."""
    query = select(learned_model).order_by(
        learned_model.c.made_at.desc(), learned_model.c.id.desc()
    )
    return connection.execute(query.limit(1)).first()


def keep(connection: Connection, model: Model, report: Report, by: str, now: datetime) -> str:
    """Keep a trained model: in force when nothing is lost by it, else rejected; return which."""
    hold(connection)
    state = "rejected" if report.lost else "active"
    row: dict[str, Any] = {"version": model.version, "weights": model.as_json()}
    row |= {"report": report.as_json(), "made_by": by, "made_at": now, "state": state}
    same = learned_model.c.version == model.version
    known = connection.scalar(select(learned_model.c.id).where(same))
    if state == "active":
        _set_aside(connection)
        row["activated_at"] = now
    if known is None:
        connection.execute(insert(learned_model).values(row))
    else:
        connection.execute(update(learned_model).where(same).values(row))
    if state == "active":
        raise_version(connection)
    return state


def forget_questions(connection: Connection, codes: Collection[str]) -> None:
    """Take the words of questions out of every report: they are erased."""
    query = select(learned_model.c.id, learned_model.c.report)
    for row in connection.execute(query).all():
        lists = {name: row.report.get(name, ()) for name in ("losses", "gains")}
        left = {
            name: [{**move, "text": ""} if move.get("name") in codes else move for move in moves]
            for name, moves in lists.items()
        }
        if any(left[name] != [*moves] for name, moves in lists.items()):
            bare = update(learned_model).where(learned_model.c.id == row.id)
            connection.execute(bare.values(report={**row.report, **left}))


def activate(connection: Connection, version: str, officer: str, now: datetime) -> None:
    """Return to a former model, or with "" to the shipped one; every node follows in seconds."""
    hold(connection)
    _set_aside(connection)
    if version:
        former = (learned_model.c.version == version) & (learned_model.c.state == "former")
        values = {"state": "active", "activated_at": now}
        if not connection.execute(update(learned_model).where(former).values(values)).rowcount:
            raise NoSuchModel
    told = {"at": now, "actor": officer, "act": "model.activate", "detail": {}}
    connection.execute(insert(audit).values(**told, subject=version or "shipped"))
    raise_version(connection)


def _set_aside(connection: Connection) -> None:
    active = learned_model.c.state == "active"
    connection.execute(update(learned_model).where(active).values(state="former"))
