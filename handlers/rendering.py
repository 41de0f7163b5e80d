"""Templates as responses: one strict engine, words by message id, nothing inline."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import phonenumbers
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.clock import WorkCalendar
from bot.questions.codes import spoken_groups
from bot.wording import Wording

_MARK = re.compile(r"(?:[-–•+]|\d{1,2}[.)])\s+")
_HANDLERS = Path(__file__).parent
PAGES = _HANDLERS / "pages" / "templates"


def environment(folders: Sequence[Path]) -> Environment:
    """Return an engine that escapes everything and fails on a name nobody gave."""
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class Templates:
    """Renders public pages with the words, the office's clock and addresses of static files."""

    def __init__(
        self, wording: Wording, calendar: WorkCalendar, province: str, asset: Callable[[str], str]
    ) -> None:
        self.wording = wording
        self._calendar = calendar
        self._engine = environment([PAGES])
        self._engine.globals.update(_=wording, province=province, asset=asset, here="")
        self._engine.filters.update(
            day=self.day,
            moment=self.moment,
            code=spoken_groups,
            iso=_iso,
            spaced=spaced,
            month=spoken_month,
            blocks=blocks,
        )

    def text(self, template: str, **context: Any) -> str:  # noqa: ANN401
        """Return a rendered template."""
        return self._engine.get_template(template).render(**context)

    def page(
        self,
        template: str,
        status: int = 200,
        headers: dict[str, str] | None = None,
        **context: Any,  # noqa: ANN401
    ) -> web.Response:
        """Return a page."""
        return web.Response(
            text=self.text(template, **context),
            status=status,
            content_type="text/html",
            headers=headers or {"Cache-Control": "no-cache"},
        )

    def day(self, at: date | datetime) -> str:
        """Return a date in figures, a moment's on the office's clock."""
        return f"{self._local(at):%d/%m/%Y}"

    def moment(self, at: datetime) -> str:
        """Return hour and date on the office's clock."""
        return f"{self._local(at):%H:%M, %d/%m/%Y}"

    def _local(self, at: date | datetime) -> date | datetime:
        return self._calendar.local(at) if isinstance(at, datetime) else at


def spaced(phone: str) -> str:
    """Return a number in the groups people dial it by; what is no number stays as it is."""
    try:
        number = phonenumbers.parse(phone, "VN")
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring lines of one sort: "ul", "ol" or "p"."""

    tag: str
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """Return a text as paragraphs and lists, as its dashes and numbers mean it."""
    lines = (line.strip() for line in text.splitlines())
    grouped = groupby((line for line in lines if line), key=_tag)
    return [
        Block(tag, tuple(_MARK.sub("", line, count=1) if tag != "p" else line for line in group))
        for tag, group in grouped
    ]


def _tag(line: str) -> str:
    mark = _MARK.match(line)
    if mark is None:
        return "p"
    return "ol" if mark[0][0].isdigit() else "ul"


def spoken_month(month: str) -> str:
    """Return a month as people write it: "11/2026"."""
    year, _, number = month.partition("-")
    return f"{number}/{year}"


def _iso(at: date | datetime) -> str:
    return at.isoformat()
