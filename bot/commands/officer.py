"""`python -m bot officer …`: accounts of officers."""

import asyncio
from typing import Annotated

import typer

from bot.commands.desk_store import read, write
from bot.commands.output import give_up, say, warn
from bot.moments import utc_now
from bot.officers import Role, accounts
from bot.officers.accounts import NewOfficer
from bot.officers.passwords import Hasher, random_password

app = typer.Typer(no_args_is_help=True)

_BY = "command"

Username = Annotated[str, typer.Argument(help="the name the officer logs in with")]


@app.command()
def add(
    username: Username,
    role: Annotated[Role, typer.Option(help="what the officer may do")],
    agency: Annotated[str, typer.Option(help="code of the agency, for officers and leaders")] = "",
    name: Annotated[str, typer.Option(help="full name, as it stands under answers")] = "",
    title: Annotated[str, typer.Option(help="title, as it stands under answers")] = "",
    must_change: Annotated[
        bool, typer.Option("--must-change", help="ask for another password at the first login")
    ] = False,
) -> None:
    """Make an account; prints "username TAB password" once, to hand over."""
    new = NewOfficer(username, role, agency or None, name, title, False, must_change)
    password, hashed = asyncio.run(_new_password())
    made = write(lambda c: accounts.add(c, new, hashed, _BY, utc_now()))
    say(f"{made.username}\t{password}")
    warn("This password is shown once; demonstration accounts, if any, are now disabled.")


@app.command("list")
def list_() -> None:
    """Print every account: username, role, agency, state."""
    for row in read(accounts.all_officers):
        state = "disabled" if row.disabled else "demonstration" if row.demo else "enabled"
        say("\t".join([row.username, row.role, row.agency or "", state]))


@app.command("reset-password")
def reset_password(username: Username) -> None:
    """Give an account a new password, to be changed at the next login; prints it once."""
    password, hashed = asyncio.run(_new_password())
    write(lambda c: accounts.set_password(c, username, hashed, _BY, utc_now()))
    say(f"{accounts.plain_username(username)}\t{password}")


@app.command()
def disable(username: Username) -> None:
    """Shut an account out: its sessions end, its tokens are revoked."""
    if accounts.plain_username(username) not in {r.username for r in read(accounts.all_officers)}:
        give_up(f"there is no account {username}")
    write(lambda c: accounts.set_disabled(c, username, True, _BY, utc_now()))


async def _new_password() -> tuple[str, str]:
    password = random_password()
    return password, await Hasher().hash(password)
