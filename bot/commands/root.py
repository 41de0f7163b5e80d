"""The command line as a whole: which words exist, and where each lives.

Modules are imported when their command runs, so that `due` does not wait for a web server.
"""

import importlib
import os
import sys
from collections.abc import Iterable, Sequence

import typer

from bot.errors import BotError

#: command → (module, name, help); a Typer object is a group, a function a single command
COMMANDS = {
    "serve": ("bot.commands.serve", "serve", "run the service"),
    "migrate": ("bot.commands.migrate", "migrate", "bring the schema up to date"),
    "doctor": ("bot.commands.doctor", "doctor", "check the installation and say what to do"),
    "import": ("bot.commands.imports", "import_", "load knowledge and directories from files"),
    "backup": ("bot.commands.backup", "backup", "copy the database of a live service"),
    "restore": ("bot.commands.backup", "restore", "put a backup in place"),
    "move": ("bot.commands.move", "move", "copy the embedded database into PostgreSQL"),
    "retention": ("bot.commands.retention", "retention", "what is kept how long; forget now"),
    "replay": ("bot.commands.replay", "replay", "run stored raw events again"),
    "consent": ("bot.commands.consent", "consent", "let a Zalo administrator grant access"),
    "zalo": ("bot.commands.zalo", "app", "work on the Zalo channel by hand"),
    "audit": ("bot.commands.audit", "app", "verify the history chains"),
    "learn": ("bot.commands.learn", "learn", "train the weights from reviewed questions"),
    "explain": ("bot.commands.explain", "explain", "why a question was matched, then and now"),
    "match": ("bot.commands.match", "match", "decide questions from standard input"),
    "redact": ("bot.commands.redact", "redact", "mask personal data in lines"),
    "speak": ("bot.commands.speak", "speak", "turn lines into what a host reads aloud"),
    "due": ("bot.commands.due", "due", "compute legal deadlines of lines"),
    "segment": ("bot.commands.segment", "segment", "print the month's segment list"),
    "officer": ("bot.commands.officer", "app", "accounts of officers"),
    "token": ("bot.commands.token", "app", "machine tokens"),
    "demo": ("bot.commands.demo", "demo", "fill an empty database with a plausible month"),
}


def application(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the command line with the named commands, importing only their modules."""
    root = typer.Typer(
        help="Dân hỏi – Chính quyền trả lời.",
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        callback=_root,
    )
    for name in names:
        module, attribute, help_text = COMMANDS[name]
        target = getattr(importlib.import_module(module), attribute)
        if isinstance(target, typer.Typer):
            root.add_typer(target, name=name, short_help=help_text)
        else:
            root.command(name=name, short_help=help_text)(target)
    return root


def _root() -> None:
    """Dân hỏi – Chính quyền trả lời."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; an error the service foresees is one line, not a traceback."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    os.umask(0o077)  # what the service writes holds citizens' words: nobody else reads it
    named = words[:1] if words and words[0] in COMMANDS else COMMANDS
    try:
        application(named)(args=words, prog_name="python -m bot")
    except BotError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from error
