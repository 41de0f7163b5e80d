"""Processes of a measurement: spawned, told when to go on, and never waited for in vain."""

import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from multiprocessing.context import SpawnProcess
from typing import Any

SPAWN = multiprocessing.get_context("spawn")
#: seconds after which a child that says nothing has failed
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Child:
    """A process that is told things and answers."""

    process: SpawnProcess
    pipe: Pipe

    def tell(self, word: str) -> None:
        """Say something that needs no answer."""
        self.pipe.send(word)

    def hear(self) -> Any:  # noqa: ANN401
        """Return what it says next; raise EOFError where it ended, TimeoutError where it hangs."""
        if not self.pipe.poll(PATIENCE):
            raise TimeoutError
        return self.pipe.recv()

    def end(self) -> None:
        """Let it end by itself, or end it."""
        self.pipe.close()
        self.process.join(10.0)
        self.process.kill()


def spawn(target: Callable[..., None], *args: object) -> Child:
    """Start a process; its last argument is the pipe to its parent."""
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=target, args=(*args, theirs), daemon=True)
    process.start()
    theirs.close()  # the end of the child is then the end of the line
    return Child(process, ours)
