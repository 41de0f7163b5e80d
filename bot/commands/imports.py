"""`python -m bot import`: knowledge and directories from files, beside a running service."""

import asyncio
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot.catalogue import kinds
from bot.catalogue.files import File, FileImport
from bot.catalogue.imports import Summary
from bot.catalogue.indexes import Indexes
from bot.catalogue.kinds import Kind
from bot.catalogue.preview import Preview
from bot.catalogue.repository import count_by_state, count_open_findings
from bot.catalogue.snapshot import snapshot
from bot.catalogue.starter import load_starter_if_empty
from bot.commands.environment import read_settings
from bot.commands.output import give_up, warn
from bot.moments import utc_now
from bot.settings import Settings
from bot.store import Store
from bot.store.opening import open_for_command
from knowledge.importers.faults import Fault

_ERRORS_SHOWN = 50

Files = Annotated[list[Path] | None, typer.Argument(help="JSONL, .gz, CSV, TSV, XLSX, DOCX, YAML")]
OfKind = Annotated[Kind | None, typer.Option("--kind", help="guessed from the columns if absent")]
Template = Annotated[Kind | None, typer.Option("--template", help="print an empty CSV of a kind")]
Complete = Annotated[
    bool, typer.Option("--complete", help="the file is the whole list: codes it lacks are gone")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="say what would be read and changed; change nothing")
]
OfSource = Annotated[
    str, typer.Option("--source", help="who says so, for a file that names nobody itself")
]


def import_(
    files: Files = None,
    kind: OfKind = None,
    template: Template = None,
    complete: Complete = False,
    dry_run: DryRun = False,
    source: OfSource = "",
) -> None:
    """Load knowledge and directories from files; importing a file again changes nothing."""
    if template:
        sys.stdout.write(kinds.template(template))
        return
    if not files:
        give_up("name at least one file, or --template KIND for an empty one")
    read = [replace(_file(path, kind), complete=complete, source=source) for path in files]
    if dry_run:
        asyncio.run(_preview(read_settings(), read))
        return
    summaries = asyncio.run(_import(read_settings(), read))
    if all(summary.failed for summary in summaries):
        give_up("nothing could be imported")


def _file(path: Path, kind: Kind | None) -> File:
    try:
        data = path.read_bytes()
    except OSError as error:
        give_up(f"{path}: {error.strerror}")
    return File(path.name, data, kind or kinds.guess(data, path.name))


async def _import(settings: Settings, files: Iterable[File]) -> list[Summary]:
    store = open_for_command(settings)
    try:
        await load_starter_if_empty(store, utc_now())
        summaries = [await _import_one(store, file) for file in files]
        await _build_index(store, settings.var_dir / "index")
        await _report(store)
        return summaries
    finally:
        await store.close()


async def _preview(settings: Settings, files: Iterable[File]) -> None:
    store = open_for_command(settings)
    try:
        for file in files:
            with _bar(file) as advance:
                preview = await FileImport(store, utc_now, advance).preview(file)
            _tell(file, preview)
    finally:
        await store.close()


def _tell(file: File, preview: Preview) -> None:
    for row in [*preview.errors, *preview.notes][:_ERRORS_SHOWN]:
        why = row["why"] or Fault[row["fault"]].told(row["values"])
        warn(f"{row['file']}, row {row['row']}, {row['field'] or 'whole row'}: {why}")
    console = Console()
    console.print(
        f"{file.name}: {file.kind}, {preview.rows} rows, {preview.new} new, "
        f"{preview.changed} changed, {preview.same} as before, {preview.vanished} vanished, "
        f"{preview.rejected} rejected; {preview.encoding or 'no table'}; nothing was written"
    )
    for sheet in preview.columns:
        known = ", ".join(f"{heading} → {field or '?'}" for heading, field in sheet["columns"])
        console.print(f"  {sheet['sheet'] or 'columns'} (row {sheet['row']}): {known}")
    changes = Table("code", "title", "what", title="Changes (the first hundred)")
    for change in preview.changes:
        what = "new" if change.new else "; ".join(f"{n}: {a} → {b}" for n, a, b in change.fields)
        changes.add_row(change.code, change.title, what or "source or date")
    console.print(changes)
    for rule, count in sorted(preview.findings.items()):
        console.print(f"  held back by {rule}: {count}")


async def _import_one(store: Store, file: File) -> Summary:
    with _bar(file) as advance:
        summary = await FileImport(store, utc_now, advance).run(file)
    for error in summary.errors[:_ERRORS_SHOWN]:
        warn(str(error))
    if len(summary.errors) > _ERRORS_SHOWN:
        warn(f"… and {len(summary.errors) - _ERRORS_SHOWN} more rows")
    counts = f"{summary.rows} rows, {summary.changed} changed, {summary.vanished} vanished"
    Console().print(f"{file.name}: {file.kind}, {counts}, {len(summary.errors)} rejected")
    return summary


class _Advance:
    """Moves the bar on; a row is a step."""

    def __init__(self, progress: Progress, file: File) -> None:
        self._progress = progress
        self._task = progress.add_task(file.name, total=None)

    def __call__(self, rows: int) -> None:
        self._progress.advance(self._task, rows)


@contextmanager
def _bar(file: File) -> Iterator[_Advance]:
    """Show a bar where somebody watches, nothing in a log."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        yield _Advance(progress, file)


async def _build_index(store: Store, folder: Path) -> None:
    """Lay the index ready, so that the service starts fast and need not build it."""
    found = await store.read(snapshot)
    indexes = Indexes(folder)
    if not indexes.path(found.stamp).exists():
        await asyncio.to_thread(indexes.build, found.stamp, found.entries, found.places)


async def _report(store: Store) -> None:
    states = Table("entries", "state", "count", title="Knowledge")
    for (kind, state), count in sorted((await store.read(count_by_state)).items()):
        states.add_row(kind, state, str(count))
    held = Table("rule", "findings", title="Facts held back until an officer vouches for them")
    for rule, count in sorted((await store.read(count_open_findings)).items()):
        held.add_row(rule, str(count))
    console = Console()
    console.print(states)
    console.print(held)
