"""The small library as pages ask for it."""

from knowledge.entries import Entry
from knowledge.explanation import Explanation
from tests.bot.conversation.library import SmallLibrary


class SmallShelf(SmallLibrary):
    """The small library as the pages ask for it."""

    def search(self, text: str, limit: int = 10) -> list[Entry]:
        """Return entries with a title that holds the words."""
        found = (e for e in self.entries.values() if text.lower() in e.title.lower())
        return list(found)[:limit]

    def hotlines(self) -> tuple[Entry, ...]:
        """Return the lines."""
        return tuple(e for e in self.entries.values() if e.kind == "hotline")

    def explain(self, text: str) -> Explanation:
        """Return the bare decision."""
        decision = self.decide(text, None)  # type: ignore[arg-type]
        return Explanation(decision, (), decision.facet, (), {}, (), "", self.version)

    def agency_name(self, code: str) -> str:
        """Return a name for the code."""
        return f"Tên của {code}"
