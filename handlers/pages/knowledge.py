"""What the pages ask of public knowledge."""

from typing import Protocol

from knowledge.entries import Entry
from knowledge.explanation import Explanation


class Library(Protocol):
    """Public knowledge, from memory (see bot.catalogue.library)."""

    def entry(self, entry_id: str) -> Entry | None:
        """Return a public entry."""

    def search(self, text: str, limit: int = 10) -> list[Entry]:
        """Return entries for a search box, best first."""

    def hotlines(self) -> tuple[Entry, ...]:
        """Return the public lines, the most urgent first."""

    def explain(self, text: str) -> Explanation:
        """Return how a message would be decided."""

    def agency_name(self, code: str) -> str:
        """Return an agency's name."""
