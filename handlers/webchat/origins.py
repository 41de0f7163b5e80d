"""Where a web chat was opened from, without its address: enough to share fairly for a day."""

import hmac
from dataclasses import dataclass
from datetime import datetime

_LENGTH = 24


@dataclass(frozen=True, slots=True)
class Origins:
    """Digests of callers under the installation's own key, others each day."""

    key: str

    def of(self, caller: str, now: datetime) -> str:
        """Return what is kept of a caller: without the key nobody finds the address for it."""
        told = f"origin {now:%Y-%m-%d} {caller}".encode()
        return hmac.new(self.key.encode(), told, "sha256").hexdigest()[:_LENGTH]
