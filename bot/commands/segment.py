"""`python -m bot segment YYYY-MM`: the month's list, as programs want it."""

import asyncio
import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from bot.clock.starter import calendar
from bot.commands.environment import read_settings
from bot.commands.output import give_up
from bot.segments import repository
from bot.segments.documents import as_docx, as_text, as_xlsx
from bot.segments.listing import Listing
from bot.segments.months import Month, Schedule
from bot.store.opening import open_for_command
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
    listing = asyncio.run(_load(wanted))
    sys.stdout.buffer.write(_render(listing, shape))


async def _load(month: Month) -> Listing:
    store = open_for_command(read_settings())
    try:
        return await store.read(
            lambda connection: repository.listing(
                connection,
                month,
                repository.schedule_of(connection, Schedule(calendar(), {})),
            )
        )
    finally:
        await store.close()


def _render(listing: Listing, shape: Shape) -> bytes:
    if shape is Shape.JSON:
        return (json.dumps(listing.as_json(), ensure_ascii=False, indent=1) + "\n").encode()
    wording = Wording.load()
    if shape is Shape.TXT:
        return as_text(listing, wording).encode()
    if shape is Shape.XLSX:
        return as_xlsx(listing, wording)
    if shape is Shape.DOCX:
        return as_docx(listing, wording)
    give_up(f"no such format: {shape}")
