"""What Prometheus may know: counts and times, never whose."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The measures of one process, on a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "danhoi_http_requests", "Requests by route and status",
            ("method", "route", "status"), registry=self.registry,
        )  # fmt: skip
        self.request_seconds = Histogram(
            "danhoi_http_request_seconds", "Time to answer a request by route",
            ("route",), buckets=_SECONDS, registry=self.registry,
        )  # fmt: skip
        self.events = Counter(
            "danhoi_events", "What happened, by name and label",
            ("name", "label"), registry=self.registry,
        )  # fmt: skip
        self.backlog = Gauge(
            "danhoi_backlog", "Rows waiting, by ledger", ("ledger",), registry=self.registry
        )
        self.alarms = Gauge(
            "danhoi_alarm", "Whether an alarm is on, by name", ("name",), registry=self.registry
        )
        self.untold = Gauge(
            "danhoi_untold", "Messages of 30 days that reached nobody, by kind and reason",
            ("kind", "reason"), registry=self.registry,
        )  # fmt: skip
        self.knowledge_entries = Gauge(
            "danhoi_knowledge_entries", "Entries in the live index", registry=self.registry
        )

    def count(self, name: str, label: str = "", by: float = 1) -> None:
        """Count something that happened."""
        self.events.labels(name, label).inc(by)

    def render(self) -> bytes:
        """Return the exposition format."""
        return generate_latest(self.registry)
