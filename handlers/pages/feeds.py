"""The programme for other programs: an Atom feed of lists, a calendar of air dates. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from feedgenerator import Atom1Feed

from bot.segments.listing import Listing
from bot.wording import Wording
from handlers.rendering import spoken_month


def atom(wording: Wording, base: str, lists: Iterable[tuple[Listing, datetime]]) -> bytes:
    """Return a feed of published lists with the moments they were published, newest first."""
    feed = Atom1Feed(
        title=wording("segments.title"),
        link=f"{base}/chuyen-muc",
        feed_url=f"{base}/chuyen-muc/feed.atom",
        description=wording("segments.intro"),
        language="vi",
        author_name=wording("page.name"),
    )
    for listing, at in lists:
        feed.add_item(
            title=wording("segments.event", month=spoken_month(listing.month)),
            link=f"{base}/chuyen-muc/{listing.month}",
            description="\n".join(item.question for item in listing.items) or listing.theme,
            unique_id=f"{base}/chuyen-muc/{listing.month}",
            pubdate=at,
            updateddate=at,
        )
    text: str = feed.writeString("utf-8")
    return text.encode()


def ics(wording: Wording, base: str, lists: Iterable[Listing], now: datetime) -> bytes:
    """Return a calendar with one all-day event for each month: its air date and theme."""
    from icalendar import Calendar, Event  # a fifth of a second that no start should wait for

    calendar = Calendar()
    calendar.add("prodid", "-//Dan hoi//chuyen muc//VI")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", wording("page.name"))
    for listing in lists:
        event = Event()
        event.add("uid", f"chuyen-muc-{listing.month}@dan-hoi")
        event.add("dtstamp", now)
        event.add("dtstart", listing.air_date)
        event.add("dtend", listing.air_date + timedelta(days=1))
        event.add("summary", wording("segments.event", month=spoken_month(listing.month)))
        event.add("url", f"{base}/chuyen-muc/{listing.month}")
        if listing.theme:
            event.add("description", wording("segments.theme", theme=listing.theme))
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written
