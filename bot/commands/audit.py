"""`python -m bot audit verify`: whether the history of every question holds."""

import typer
from sqlalchemy import Connection, func, select

from bot.clock.starter import OFFICE_ZONE
from bot.commands.desk_store import read
from bot.commands.output import give_up, say
from bot.questions import history
from bot.questions.history import Fault
from bot.tables.desk import chain_anchor, question_event

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Verify the history chains."""


@app.command()
def verify() -> None:
    """Check every chain, the words kept beside it and the daily anchors; faults end with 1."""
    faults, events, days = read(_check)
    if faults:
        give_up("\n".join([*map(_line, faults), f"{len(faults)} fault(s) in {events} events"]))
    say(f"{events} events and {days} daily anchors hold")


def _check(connection: Connection) -> tuple[list[Fault], int, int]:
    events = connection.execute(select(func.count()).select_from(question_event)).scalar_one()
    days = connection.execute(select(func.count()).select_from(chain_anchor)).scalar_one()
    return history.verify(connection, OFFICE_ZONE), events, days


def _line(fault: Fault) -> str:
    where = f"question {fault.question_id}" if fault.question_id else "anchors"
    return f"{where}{f', event {fault.n}' if fault.n else ''}: {fault.what}"
