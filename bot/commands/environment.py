"""Settings for commands: read once, explained field by field when they are wrong."""

from pydantic import ValidationError

from bot.commands.output import give_up
from bot.operations.logs import keep_tracebacks_plain
from bot.settings import Settings


def read_settings() -> Settings:
    """Return the settings, or end with one line per wrong variable and never its value."""
    keep_tracebacks_plain()
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"{'DANHOI_' + str(problem['loc'][0]).upper() + ': ' if problem['loc'] else ''}"
            f"{problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors(include_input=False, include_url=False)
        ]
        give_up("\n".join(["the settings cannot be used:", *lines]))
