"""The month's article against the fake: made hidden, shown, sent by day, once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Row, select, update

from bot.broadcast import Article, NotNow, SecondPersonNeeded, State, repository
from bot.broadcast.composing import compose
from bot.broadcast.runner import Runner
from bot.clock.starter import calendar
from bot.officers.accounts import Officer
from bot.store import Done, Store
from bot.tables.broadcasts import broadcast
from bot.tables.desk import audit
from bot.wording import Wording
from handlers.zalo import ZaloParts
from tests.bot.questions.samples import prepare
from tests.bot.segments import samples
from tests.bot.segments.test_selection import withdrawn
from tests.fakes.zalo.server import FakeZalo
from tests.fakes.zalo.trouble import Kind

WORDING = Wording.load()
#: ten in the morning on the Saturday of the programme
MORNING = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)


@dataclass
class Month:
    """A published month, its broadcast, and the service's work on it."""

    store: Store
    zalo: FakeZalo
    runner: Runner
    editor: Officer
    second: Officer
    opened: Any

    async def do(self, body: Callable[[Connection], Any]) -> Any:  # noqa: ANN401
        return await self.store.write(lambda c: Done(body(c)))

    async def prepare(self) -> None:
        article = await self.do(self._article)
        now = self.zalo.clock.now()
        await self.do(lambda c: repository.prepare(c, "zalo", "2026-11", article, self.editor, now))

    async def approve(self, by: Officer | None = None) -> None:
        row, now = await self.row(), self.zalo.clock.now()
        await self.do(lambda c: repository.approve(c, row.id, row.version, by or self.second, now))

    async def row(self) -> Row[Any]:
        return await self.store.read(lambda c: c.execute(select(broadcast)).one())

    async def minutes(self, number: int = 12) -> str:
        """Let the schedule run for some minutes and return the state."""
        for _ in range(number):
            await self.runner.on_time(self.zalo.clock.now())
            self.zalo.clock.ahead += timedelta(minutes=1)
        return str((await self.row()).state)

    def sent(self) -> int:
        return len(self.zalo.api.articles.sent)

    def _article(self, connection: Connection) -> Article:
        cover = "https://danhoi.example.vn/bia.jpg"
        found = samples.listed(connection)
        return compose(found, WORDING, author="UBND thành phố", cover_url=cover, base="")


@pytest.fixture
async def month(parts: ZaloParts, store: Store, zalo: FakeZalo) -> Month:
    zalo.clock.ahead = MORNING - datetime.now(UTC)
    zalo.api.articles.followers = {"u1", "u2"}

    def publish(connection: Connection) -> Done[Any]:
        prepare(connection)
        opened = samples.answered(connection)
        samples.refresh(connection)
        samples.approve_all(connection)
        samples.publish(connection)
        return Done((samples.editor(connection), samples.officer(connection), opened))

    editor, second, opened = await store.write(publish)
    runner = Runner(store, parts.press, WORDING, calendar(), zalo.clock.now)
    return Month(store, zalo, runner, editor, second, opened)


@pytest.fixture
async def approved(month: Month) -> Month:
    await month.prepare()
    await month.approve()
    return month


async def test_an_approved_article_reaches_every_follower_once(approved: Month) -> None:
    assert await approved.minutes() == State.SENT
    assert sorted(line["user"] for line in approved.zalo.chats.deliveries()) == ["u1", "u2"]
    assert await approved.minutes() == State.SENT
    assert approved.sent() == 1


async def test_nothing_happens_before_a_second_person_approved(month: Month) -> None:
    await month.prepare()
    assert await month.minutes() == State.DRAFT
    with pytest.raises(SecondPersonNeeded):
        await month.approve(by=month.editor)
    assert (await month.minutes(), month.zalo.api.articles.made) == (State.DRAFT, {})


async def test_only_the_version_that_was_looked_at_can_be_approved(month: Month) -> None:
    await month.prepare()
    seen = await month.row()
    await month.prepare()
    now = month.zalo.clock.now()
    with pytest.raises(NotNow):
        await month.do(lambda c: repository.approve(c, seen.id, seen.version, month.second, now))


async def test_once_approved_it_cannot_be_prepared_again(approved: Month) -> None:
    with pytest.raises(NotNow):
        await approved.prepare()
    await approved.minutes()
    with pytest.raises(NotNow):
        await approved.prepare()


async def test_zalo_takes_its_time_to_make_an_article(approved: Month) -> None:
    approved.zalo.api.articles.slowness = 5
    assert await approved.minutes(4) == State.PROCESSING
    assert await approved.minutes() == State.SENT


async def test_at_night_it_waits_for_the_morning(approved: Month) -> None:
    approved.zalo.clock.ahead += timedelta(hours=12)
    approved.zalo.tokens.issue()
    assert await approved.minutes(20) == State.READY
    due = (await approved.row()).next_at
    assert due == datetime(2026, 11, 29, 0, 0, tzinfo=UTC)
    approved.zalo.clock.ahead += due - approved.zalo.clock.now()
    assert await approved.minutes(2) == State.SENT


async def test_the_article_is_hidden_until_it_goes_out(approved: Month) -> None:
    approved.zalo.clock.ahead += timedelta(hours=12)
    await approved.minutes(20)
    assert [a["status"] for a in approved.zalo.api.articles.made.values()] == ["hide"]


UNSURE = [
    pytest.param(Kind.SILENCE_AFTER, 0, id="timeout after acceptance"),
    pytest.param(Kind.SILENCE_BEFORE, 0, id="timeout before acceptance"),
    pytest.param(Kind.CUT_AFTER, 0, id="connection reset"),
    pytest.param(Kind.STATUS_AFTER, 503, id="gateway's 503"),
    pytest.param(Kind.HTML, 0, id="gateway's page"),
    pytest.param(Kind.MALFORMED_AFTER, 0, id="half an answer"),
]


@pytest.mark.parametrize(("kind", "value"), UNSURE)
async def test_what_nobody_can_tell_is_never_sent_again_by_a_machine(
    approved: Month, kind: Kind, value: int
) -> None:
    approved.zalo.troubles.add("old_message", kind, value)
    assert await approved.minutes(30) == State.UNKNOWN
    assert approved.sent() <= 1
    assert await approved.minutes(30) == State.UNKNOWN


@pytest.mark.parametrize(("arrived", "sent"), [(True, 1), (False, 2)])
async def test_a_person_says_whether_it_went_out(approved: Month, arrived: bool, sent: int) -> None:
    approved.zalo.troubles.add("old_message", Kind.CUT_AFTER)
    await approved.minutes()
    row, now = await approved.row(), approved.zalo.clock.now()
    who = approved.second
    await approved.do(
        lambda c: repository.settle(c, row.id, row.version, arrived=arrived, by=who, now=now)
    )
    assert (await approved.minutes(), approved.sent()) == (State.SENT, sent)


async def test_a_process_that_died_while_sending_leaves_it_to_a_person(approved: Month) -> None:
    await approved.minutes(4)
    now = approved.zalo.clock.now()
    dead = update(broadcast).values(state=State.SENDING, next_at=now)
    await approved.do(lambda c: c.execute(dead).rowcount)
    before = approved.sent()
    assert await approved.minutes() == State.UNKNOWN
    assert approved.sent() == before


@pytest.mark.parametrize(
    ("kind", "value", "state"),
    [
        pytest.param(Kind.STATUS, 503, State.SENT, id="made again, hidden"),
        pytest.param(Kind.CUT_AFTER, 0, State.SENT, id="made twice, one stays hidden"),
        pytest.param(Kind.CODE, -32, State.SENT, id="slowed down"),
        pytest.param(Kind.CODE, -210, State.FAILED, id="refused"),
    ],
)
async def test_trouble_while_making_the_article(
    approved: Month, kind: Kind, value: int, state: State
) -> None:
    approved.zalo.troubles.add("article", kind, value)
    assert await approved.minutes(30) == state
    assert approved.sent() == (state is State.SENT)


async def test_consent_taken_back_after_approval_stops_it(approved: Month) -> None:
    await approved.do(lambda c: withdrawn(c, approved.opened))
    assert await approved.minutes() == State.DRAFT
    assert ((await approved.row()).reason, approved.sent()) == ("changed", 0)


async def test_every_step_is_audited(approved: Month) -> None:
    await approved.minutes()
    acts = select(audit.c.act).where(audit.c.subject == "zalo:2026-11").order_by(audit.c.id)
    found = await approved.store.read(lambda c: list(c.execute(acts).scalars()))
    assert found == [
        f"broadcast.{act}"
        for act in (
            "prepare", "approve", "creating", "processing", "ready", "sending", "sent",
        )
    ]  # fmt: skip


@pytest.mark.usefixtures("month")
async def test_followers_are_counted_for_the_dry_run(parts: ZaloParts) -> None:
    audience = await parts.press.audience()
    assert (audience.followers, audience.package) == (2, "Toàn diện")
