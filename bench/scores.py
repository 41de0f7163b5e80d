"""Counting and its uncertainty."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Z = 1.96


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, with Wilson's interval."""

    hits: int
    total: int

    @classmethod
    def of(cls, outcomes: Iterable[bool]) -> "Share":
        """Count outcomes."""
        listed = list(outcomes)
        return cls(sum(listed), len(listed))

    @property
    def interval(self) -> tuple[float, float]:
        """Return Wilson's 95% interval."""
        if not self.total:
            return (0.0, 1.0)
        p, n = self.hits / self.total, self.total
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
        return (max(0.0, middle - half), min(1.0, middle + half))

    def __str__(self) -> str:
        """Return ".912 (.88–.94)", or a dash where nothing was counted."""
        if not self.total:
            return "–"
        low, high = self.interval
        return f"{self.hits / self.total:.3f} ({low:.2f}–{high:.2f})"


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table under a heading."""
    lines = [f"### {title}", "", "| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
