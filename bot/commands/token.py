"""`python -m bot token …`: machine tokens."""

from typing import Annotated

import typer
from sqlalchemy import Connection

from bot.commands.desk_store import read, write
from bot.commands.output import give_up, say, warn
from bot.moments import utc_now
from bot.officers import accounts, tokens
from bot.officers.accounts import NoSuchOfficer
from bot.officers.tokens import Scope

app = typer.Typer(no_args_is_help=True)


@app.command()
def add(
    scope: Annotated[Scope, typer.Option(help="what the token opens")],
    officer: Annotated[str, typer.Option(help="username of the officer it acts for")] = "",
    note: Annotated[str, typer.Option(help="what it is for")] = "",
) -> None:
    """Make a token; prints it once. Without an officer a desk token only reads."""

    def make(connection: Connection) -> str:
        officer_id = _officer_id(connection, officer) if officer else None
        return tokens.create(connection, scope, officer_id, note, utc_now())

    say(write(make))
    warn("This token is shown once; only its digest is kept.")


@app.command("list")
def list_() -> None:
    """Print every token: number, scope, officer, last use, state. Never the token."""
    for row in read(tokens.all_tokens):
        used = row.last_used_at.isoformat(timespec="seconds") if row.last_used_at else "never"
        state = "revoked" if row.revoked_at else "in use"
        say("\t".join([str(row.id), row.scope, row.username or "", used, state, row.note]))


@app.command()
def revoke(number: Annotated[int, typer.Argument(help="the number that `list` shows")]) -> None:
    """Put a token out of use at once."""
    if not write(lambda connection: tokens.revoke(connection, number, utc_now())):
        give_up(f"no token {number} is in use")


def _officer_id(connection: Connection, username: str) -> int:
    row = accounts.by_username(connection, username)
    if row is None or row.disabled:
        raise NoSuchOfficer
    return int(row.id)
