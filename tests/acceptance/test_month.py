"""Four in ten never come back: by which road each is told, and that nobody is left out."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial

import pytest
import pytest_asyncio

from tests.acceptance.month import HANOI, SILENT, Month, citizens, month, table
from tests.bot.questions.counting import counts

PEOPLE = citizens(20, seed=20261130)

pytestmark = pytest.mark.asyncio(loop_scope="module")
with_module = partial(pytest_asyncio.fixture, loop_scope="module", scope="module")


@with_module()
async def played(
    module_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Month]:
    """Return the service at the end of the month."""
    async with month(module_database, tmp_path_factory.mktemp("month")) as played:
        await played.play(PEOPLE)
        yield played


async def test_everybody_is_told_by_some_road_or_stands_in_sight(played: Month) -> None:
    found = await played.outcomes()
    print(table(found))  # noqa: T201 - the share by each road, for whoever runs this with -s
    total = sum(found.values(), start=Counter[str]())
    assert sum(each.is_silent for each in PEOPLE) == SILENT * len(PEOPLE)
    assert (total.total(), total["unreported"]) == (len(PEOPLE), 0)
    assert await played.untold() == total["waits, in sight"] > 0


async def test_every_question_is_in_its_bucket(played: Month) -> None:
    found = await played.parts.store.read(lambda c: counts(c, played.clock()))
    assert found["bucket:answered"] == len(PEOPLE)
    assert sum(found[f"bucket:{name}"] for name in ("open", "withdrawn", "refused")) == 0


async def test_zalo_is_never_asked_for_what_it_would_refuse(played: Month) -> None:
    assert len(played.zalo.api.requests) == len(played.zalo.chats.deliveries())


async def test_words_about_progress_come_by_day_and_once_a_window(played: Month) -> None:
    told = [line for line in played.zalo.chats.deliveries() if "“Tôi vẫn chờ”" in line["text"]]
    hours = [datetime.fromisoformat(line["at"]).astimezone(HANOI).hour for line in told]
    assert told
    assert all(7 <= hour < 20 for hour in hours)
    silent = {each.user for each in PEOPLE if each.is_silent}
    assert max(Counter(line["user"] for line in told if line["user"] in silent).values()) == 1


async def test_a_template_message_carries_the_code_and_nothing_else(played: Month) -> None:
    sent = played.zalo.templates.sent
    assert sent
    assert {name for each in sent for name in each["template_data"]} == {"ma_cau_hoi"}
