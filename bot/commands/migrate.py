"""`python -m bot migrate`: bring the schema up to date, or back to where it was."""

from typing import Annotated

import typer

from bot.commands.environment import read_settings
from bot.commands.output import say
from bot.store import migrations


def migrate(
    to: Annotated[
        str, typer.Option(help="a revision to go back to, before an older version is put in place")
    ] = "",
) -> None:
    """Bring the database to the newest schema; a database that is there already stays as it is.

    A step that fails changes nothing: all steps are one transaction. Of several that are started
    at once one does the work and the others wait for it.
    """
    url = read_settings().database_url
    before = migrations.current(url)
    if to:
        migrations.downgrade(url, to)
    elif before != migrations.head():
        migrations.upgrade(url)
    after = migrations.current(url)
    say(f"schema {after}" if before == after else f"schema {before or 'none'} -> {after}")
