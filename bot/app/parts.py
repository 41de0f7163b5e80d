"""What everything is built from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.catalogue.library import Library
from bot.clock import WorkCalendar
from bot.delivery.crashpoints import CrashPoints
from bot.delivery.engine import Lanes
from bot.moments import Clock
from bot.officers.passwords import Hasher
from bot.operations.metrics import Metrics
from bot.settings import Settings
from bot.store import Store
from bot.wording import Wording
from handlers.pages.site import Pages

if TYPE_CHECKING:
    from bot.app.ground import Ground


@dataclass(frozen=True)
class Parts:
    """What everything is built from."""

    settings: Settings
    keys: Sequence[str]
    wording: Wording
    calendar: WorkCalendar
    clock: Clock
    metrics: Metrics
    store: Store
    lanes: Lanes
    ground: "Ground"
    library: Library
    hasher: Hasher
    site: Pages
    crash: CrashPoints


def is_https(settings: Settings) -> bool:
    """Whether citizens reach the service through TLS."""
    return settings.public_url.startswith("https://")
