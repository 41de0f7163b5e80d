"""What works without being asked: the conversation, the delivery engine and the schedule."""

from collections.abc import Mapping, Sequence
from datetime import time, timedelta
from types import MappingProxyType

from bot.app.channels import Attached
from bot.app.parts import Parts
from bot.app.watchman import build_watchman
from bot.channels import Channel
from bot.conversation.letters import dropped_message, held_message
from bot.conversation.mind import ConversationMind
from bot.conversation.world import Manner
from bot.delivery.courtesy import Courteous
from bot.delivery.engine import Engine
from bot.delivery.gate import Limits
from bot.delivery.schedule import Periodic, Schedule, daily, every
from bot.delivery.sender import Sender, SenderRules
from bot.delivery.turns import Mind
from bot.delivery.worker import Worker, WorkerRules
from bot.jobs import Housekeeping
from bot.learning.retraining import Retraining
from bot.media.fetching import Fetcher
from bot.media.folder import Folder
from bot.office.letters import DeskLetters
from bot.outreach import Outreach


def build_mind(parts: Parts) -> ConversationMind:
    """Return the conversation, as this province holds it."""
    settings = parts.settings
    return ConversationMind(
        library=parts.library,
        wording=parts.wording,
        calendar=parts.calendar,
        agency_name=parts.library.agency_name,
        manner=Manner(
            place=f"thành phố {settings.province}",
            public_url=settings.public_url,
            template_to=settings.zalo_template_to,
        ),
    )


def build_engine(
    parts: Parts,
    mind: Mind,
    channels: Sequence[Channel],
    limits: Mapping[str, Limits] = MappingProxyType({}),
) -> Engine:
    """Wire worker, sender and lanes around one mind; `limits` are those of the channels."""
    apology = held_message(parts.wording)
    sender = Sender(
        parts.store,
        {channel.name: channel for channel in channels},
        owner=parts.ground.owner,
        holds=parts.ground.membership.holds,
        rules=SenderRules(limits=limits),
        clock=parts.clock,
        crash=parts.crash,
        count=parts.metrics.count,
    )
    rules = WorkerRules(apology=lambda _event: (apology,))
    courteous = Courteous(mind, parts.lanes.is_accepting)
    worker = Worker(parts.store, courteous, rules, parts.clock, parts.crash)
    return Engine(parts.store, parts.lanes, worker, sender, parts.ground.membership)


def build_fetcher(parts: Parts, attached: Sequence[Attached]) -> Fetcher:
    """Return what fetches citizens' files from their providers."""
    sources = {each.channel.name: each.media for each in attached if each.media is not None}
    folder = Folder(parts.settings.var_dir / "files")
    told = dropped_message(parts.wording)
    return Fetcher(parts.store, folder, sources, told, parts.clock)


def build_schedule(parts: Parts, mind: ConversationMind, attached: Sequence[Attached]) -> Schedule:
    """Return the scheduled work, the channels' own included."""
    files = parts.settings.var_dir / "files"
    jobs = Housekeeping(parts.store, parts.clock, parts.calendar, mind, files)
    periodics = [
        *jobs.periodics(),
        *build_outreach(parts, mind, attached).periodics(),
        build_lessons(parts),
        Periodic("alarms", every(timedelta(minutes=2)), build_watchman(parts).look, catch_up=False),
        *(job for each in attached for job in each.periodics),
    ]
    ground = parts.ground
    return Schedule(parts.store, periodics, ground.owner, parts.clock, ground.membership.holds)


def build_lessons(parts: Parts) -> Periodic:
    """Return the nightly training from what people reviewed."""
    retraining = Retraining(parts.store, parts.settings.var_dir / "index", parts.clock)
    at = daily(time(3, 0), parts.calendar.zone)
    return Periodic("learn", at, retraining.nightly, catch_up=False)


def build_outreach(parts: Parts, mind: ConversationMind, attached: Sequence[Attached]) -> Outreach:
    """Return what is told by the clock."""
    return Outreach(
        parts.store,
        parts.clock,
        parts.calendar,
        mind,
        DeskLetters(parts.wording),
        senders=[sender for each in attached for sender in each.templates],
        public_url=parts.settings.public_url,
    )
