"""`python -m bot learn`: train the weights anew from reviewed questions."""

import asyncio
from typing import Annotated

import typer

from bot.commands.environment import read_settings
from bot.commands.output import say
from bot.learning.retraining import Lesson, Retraining
from bot.moments import utc_now
from bot.settings import Settings
from bot.store.opening import open_for_command

_SHOWN = 50

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="train and replay, keep nothing, change nothing")
]


def learn(dry_run: DryRun = False) -> None:
    """Train from what people reviewed; the weights are taken only if no past question loses."""
    lesson = asyncio.run(_learn(read_settings(), dry_run=dry_run))
    for line in told(lesson, dry_run=dry_run):
        say(line)


async def _learn(settings: Settings, *, dry_run: bool) -> Lesson:
    store = open_for_command(settings)
    try:
        return await Retraining(store, settings.var_dir / "index", utc_now).run(
            "command line", dry_run=dry_run
        )
    finally:
        await store.close()


def told(lesson: Lesson, *, dry_run: bool = False) -> list[str]:
    """Return what became of a training, in words for an operator."""
    report = lesson.report
    outcome = {
        "active": "accepted" if not dry_run else "would be accepted",
        "rejected": "rejected" if not dry_run else "would be rejected",
        "unchanged": "unchanged",
    }
    return [
        f"model {lesson.version}: {outcome[lesson.state]}; {report.lessons} lessons, "
        f"{report.asked} past questions replayed, {report.lost} lost, {report.gained} gained",
        *(f"lost   {_move(move)}" for move in report.losses[:_SHOWN]),
        *(f"gained {_move(move)}" for move in report.gains[:_SHOWN]),
    ]


def _move(move: object) -> str:
    assert isinstance(move, dict)  # noqa: S101 - as the report was made
    return (
        f"{move['name']} ({move['how']}): {move['before']} -> {move['after']}: {move['text']} "
        f"[{', '.join(move['entries'])}; now {move['now'] or 'nothing'}]"
    )
