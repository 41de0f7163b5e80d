"""Where Zalo keeps what citizens send: nothing is fetched from anywhere else."""

from bot.media.remote import Hosts
from bot.settings import Settings

#: seen in its events; the first real account may show more
_DOMAINS = ("zdn.vn", "zadn.vn")
_REAL = "https://openapi.zalo.me"


def media_hosts(settings: Settings) -> Hosts:
    """Return Zalo's hosts; a stand-in for Zalo also hands out files itself."""
    base = settings.zalo_api_base.rstrip("/")
    return Hosts(_DOMAINS, () if base == _REAL else (base,))
