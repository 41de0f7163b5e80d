"""How commands speak to an operator."""

import sys
from typing import NoReturn


def say(text: str) -> None:
    """Write a line to standard output, at once: a service says where it listens and goes on."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def warn(text: str) -> None:
    """Write a line to standard error."""
    sys.stderr.write(f"{text}\n")


def give_up(text: str) -> NoReturn:
    """Say why on standard error and end with status 1."""
    warn(text)
    raise SystemExit(1)
