"""Simulated time, and the stories it plays."""

from datetime import UTC, datetime, timedelta
from functools import partial

from bot.clock.starter import calendar
from bot.demo.simulation import Agenda, SimulatedClock, between, in_office_hours
from bot.demo.stories import Course, load_stories
from bot.privacy import redact

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)


async def test_things_happen_in_order_of_time_and_never_after_the_present() -> None:
    seen: list[tuple[str, datetime]] = []
    agenda = Agenda(SimulatedClock(START), until=START + DAY)

    async def note(name: str) -> None:
        seen.append((name, agenda.clock()))
        if name == "first":
            agenda.after(timedelta(hours=1), partial(note, "its follower"))

    agenda.at(START + 2 * DAY, partial(note, "too late"))
    agenda.at(START + timedelta(hours=5), partial(note, "second"))
    agenda.at(START, partial(note, "first"))
    await agenda.run()
    assert [name for name, _ in seen] == ["first", "its follower", "second", "too late"]
    assert seen[-1][1] - START < DAY + timedelta(minutes=1)


def test_offices_act_when_they_are_open() -> None:
    sunday = datetime(2026, 11, 8, 3, 0, tzinfo=UTC)
    found = in_office_hours(calendar(), sunday, sunday + 7 * DAY)
    assert calendar().is_open(found)
    assert in_office_hours(calendar(), sunday, sunday + timedelta(hours=1)) < found


def test_a_share_of_a_span_lies_in_it() -> None:
    assert between(START, START + DAY, 0.5) == START + DAY / 2


def test_the_stories_name_nobody_and_fit_together() -> None:
    stories = load_stories()
    before: set[str] = set()
    for story in stories:
        assert not redact(" ".join((*story.says, story.reply))).masks, story.id
        assert story.course is not Course.SAME or story.same_as in before, story.id
        assert story.course is not Course.ANSWER or "minh họa" in story.reply, story.id
        before.add(story.id)
    assert len(before) == len(stories)
