"""Malformed HTTP in the log: that there was some, and how much."""

import logging
import math

from aiohttp.http_exceptions import HttpProcessingError

#: how seldom the same kind of nuisance is told of
_QUIET_SECONDS = 60.0


class MalformedRequests(logging.Filter):
    """Tells of malformed HTTP without a byte of it, and once a minute however much there is.

    The server's own record quotes the request: a key, a telephone number, whatever came.
    """

    def __init__(self) -> None:
        super().__init__()
        self._untold = 0
        self._told_at = -math.inf

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything else pass as it is."""
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, HttpProcessingError):
            return True
        self._untold += 1
        if record.created - self._told_at < _QUIET_SECONDS:
            return False
        record.msg, record.args = "malformed requests refused", ()
        record.exc_info = record.exc_text = None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.count = self._untold
        self._untold, self._told_at = 0, record.created
        return True
