"""The world as one conversation sees it, without a database."""

from datetime import datetime

from bot.clock.starter import calendar
from bot.conversation.world import Manner, World
from tests.bot.conversation.chat import AGENCIES, FRIDAY, WORDING
from tests.bot.conversation.library import SmallLibrary


def a_world(channel: str = "web", public_url: str = "", now: datetime = FRIDAY) -> World:
    """Return a world that knows the small library and nobody's questions."""
    return World(
        library=SmallLibrary(),
        wording=WORDING,
        calendar=calendar(),
        now=now,
        agency_name=lambda code: AGENCIES.get(code, code),
        manner=Manner(public_url=public_url),
        channel=channel,
    )
