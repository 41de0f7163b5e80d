"""The root of every error the service foresees."""

import inspect


class BotError(Exception):
    """Something the service foresaw went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or inspect.getdoc(self))
