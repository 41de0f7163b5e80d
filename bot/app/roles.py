"""Which part of the service a process plays, where several share one database."""

from enum import StrEnum


class Role(StrEnum):
    """All of it, what people reach, or what works behind."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"

    @property
    def works(self) -> bool:
        """Whether it decides, sends, fetches and keeps to the clock."""
        return self is not Role.WEB

    @property
    def answers(self) -> bool:
        """Whether people and providers reach it; the others only answer monitors."""
        return self is not Role.WORKER


#: what a process answers whatever its part
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
