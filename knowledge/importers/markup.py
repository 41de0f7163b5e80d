"""Text out of HTML, as copied pages leave it in cells."""

import re
from html.parser import HTMLParser

_TAG = re.compile(r"</?[a-z][^<>]*>|<!--|&(?:[a-z]{2,8}|#\d{1,6}|#x[0-9a-f]{1,5});", re.IGNORECASE)
_SILENT = frozenset({"script", "style", "head", "title", "template"})
_BREAKS = frozenset("br p div li tr ul ol table h1 h2 h3 h4 h5 h6".split())


def plain(text: str) -> str:
    """Return a text without markup; a new paragraph, item or row is a new line.

    >>> plain("<p>Nộp <b>01</b> bản</p><li>Tờ khai</li>")
    'Nộp 01 bản\\nTờ khai'
    """
    if not _TAG.search(text):
        return text
    reader = _Reader()
    reader.feed(text)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).splitlines())
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(self._silent - (tag in _SILENT), 0)
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)
