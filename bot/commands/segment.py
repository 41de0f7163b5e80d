"""`python -m bot segment YYYY-MM`: the month's list, as programs want it."""

import asyncio
import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from bot.clock.starter import calendar
from bot.commands.environment import read_settings
from bot.segments import repository
from bot.segments.documents import as_docx, as_text, as_xlsx
from bot.segments.listing import Listing
from bot.segments.months import Month, Schedule
from bot.settings import Settings
from bot.store.opening import open_for_command
from bot.store.urls import sqlite_path
from bot.wording import Wording


class Shape(StrEnum):
    """What the list is written as."""

    JSON = "json"
    DOCX = "docx"
    XLSX = "xlsx"
    TXT = "txt"


def segment(
    month: Annotated[str, typer.Argument(help="the month, such as 2026-11")],
    shape: Annotated[Shape, typer.Option("--format", help="what to write")] = Shape.JSON,
) -> None:
    """Print the month's segment list; `air_date` is there for any month, with or without data."""
    wanted = Month.read(month)
    listing = asyncio.run(_load(read_settings(), wanted))
    sys.stdout.buffer.write(_render(listing, shape))
    sys.stdout.buffer.flush()


async def _load(settings: Settings, month: Month) -> Listing:
    plain = Schedule(calendar(), {})
    path = sqlite_path(settings.database_url)
    if path is not None and not path.exists():
        # nothing was ever answered here; the calendar still knows the day
        return Listing(str(month), plain.air_date(month), theme="", status="open")
    store = open_for_command(settings)
    try:
        return await store.read(
            lambda c: repository.listing(c, month, repository.schedule_of(c, plain))
        )
    finally:
        await store.close()


def _render(listing: Listing, shape: Shape) -> bytes:
    if shape is Shape.JSON:
        return (json.dumps(listing.as_json(), ensure_ascii=False, indent=1) + "\n").encode()
    wording = Wording.load()
    if shape is Shape.TXT:
        return as_text(listing, wording).encode()
    return (as_xlsx if shape is Shape.XLSX else as_docx)(listing, wording)
