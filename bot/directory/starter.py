"""The directory the project ships with: agencies, communes, office hours and days off."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from bot.clock import starter as clock
from bot.directory import communes, loading, records
from bot.directory.records import Agency, Succession
from bot.errors import BotError
from knowledge.importers.rows import RowError, read
from knowledge.places import Place

AGENCIES = Path(__file__).parents[2] / "knowledge" / "data" / "agencies.yaml"
MERGER = date(2025, 7, 1)
_HOURS_SINCE = date(2025, 1, 1)
_HOURS_SOURCE = "Giờ hành chính mặc định 07:00–11:00, 13:00–17:00; mỗi cơ quan sửa lại theo thực tế"
_PROVINCES = {"st": "Tỉnh Sóc Trăng", "hg": "Tỉnh Hậu Giang", "ct": "Thành phố Cần Thơ"}


class BadAgencies(BotError):
    """The shipped list of agencies cannot be read."""


def load(connection: Connection, today: date) -> None:
    """Write the shipped directory; rows that are there already stay unless they differ."""
    places = communes.places()
    shipped = [*agencies(), *commune_agencies(places)]
    loading.put_agencies(connection, [_with_places(agency, places) for agency in shipped])
    loading.put_places(connection, places)
    loading.put_holidays(connection, clock.special_days(), today)
    loading.put_hours(connection, clock.calendar(), _HOURS_SINCE, _HOURS_SOURCE)


def agencies() -> Iterator[Agency]:
    """Yield the shipped agencies; raise BadAgencies naming the row at fault."""
    if not AGENCIES.exists():
        return
    for row in read(AGENCIES.read_bytes(), AGENCIES.name, records.agency):
        if isinstance(row, RowError):
            raise BadAgencies(str(row))
        yield row


def commune_agencies(places: Iterable[Place]) -> Iterator[Agency]:
    """Yield the People's Committee of each commune of today: "UBND xã Tài Văn"."""
    for place in places:
        if not place.former:
            kind, _, name = place.name.partition(" ")
            yield Agency(
                code=place.agency,
                name=f"UBND {kind.lower()} {name}",
                kind="commune",
                source=communes.SOURCE,
                confidence="high",
                valid_from=MERGER,
            )


def with_committees(connection: Connection, places: Sequence[Place]) -> Sequence[Place]:
    """Write the People's Committee of each commune of today, then hand the places back."""
    loading.put_agencies(connection, list(commune_agencies(places)))
    return places


def _with_places(agency: Agency, places: Iterable[Place]) -> Agency:
    """A district had no single successor: each of its communes went somewhere."""
    if agency.kind != "district" or agency.successions:
        return agency
    province = _PROVINCES.get(agency.code.partition("-")[0])
    steps = tuple(
        Succession(place.agency, MERGER, place.name)
        for place in places
        if place.former and place.province == province and _governed(agency, place)
    )
    return replace(agency, successions=steps)


def _governed(agency: Agency, place: Place) -> bool:
    return agency.name.lower().endswith(f" {place.district.lower()}")
