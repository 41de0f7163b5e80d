"""`python -m bot migrate`: bring the schema up to date."""

from bot.commands.environment import read_settings
from bot.commands.output import say
from bot.store import migrations


def migrate() -> None:
    """Bring the database to the newest schema; a database that is there already stays as it is."""
    url = read_settings().database_url
    before = migrations.current(url)
    if before != migrations.head():
        migrations.upgrade(url)
    after = migrations.current(url)
    say(f"schema {after}" if before == after else f"schema {before or 'none'} -> {after}")
