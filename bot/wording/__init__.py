"""Every sentence a person reads, looked up by message id."""

from collections.abc import Mapping
from pathlib import Path

from babel.messages.pofile import read_po

from bot.errors import BotError

_HERE = Path(__file__).parent

#: raised when the words of a consent or of a legal notice change; stored with each consent
VERSION = "2026-11-21"


class UnknownWording(BotError):
    """A message id without a sentence in the catalogue."""


class Wording:
    """The sentences of one language, merged from its `.po` files (one per domain)."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        self._sentences = sentences

    @classmethod
    def load(cls, language: str = "vi") -> "Wording":
        """Read every catalogue of a language; raise on an id that two catalogues claim."""
        sentences: dict[str, str] = {}
        for path in sorted((_HERE / language).glob("*.po")):
            with path.open("rb") as stream:
                catalogue = read_po(stream, locale=language)
            for message in catalogue:
                if not message.id:
                    continue
                if message.id in sentences:
                    raise UnknownWording(f"{path.name}: {message.id} stands in two catalogues")
                sentences[str(message.id)] = str(message.string)
        return cls(sentences)

    def __call__(self, message_id: str, /, **values: object) -> str:
        """Return the sentence with `{names}` filled in; raise UnknownWording for a missing id."""
        sentence = self._sentences.get(message_id)
        if not sentence:
            raise UnknownWording(f"no sentence for {message_id!r}")
        return sentence.format(**values) if values else sentence

    def __contains__(self, message_id: str) -> bool:
        """Whether the id has a sentence."""
        return bool(self._sentences.get(message_id))

    def ids(self) -> frozenset[str]:
        """Return every id of the catalogue."""
        return frozenset(self._sentences)
