"""A form with a file, taken apart by its boundary: its lines are never looked at one by one."""

from dataclasses import dataclass
from email.message import Message

from handlers.webchat.requests import BadRequest

FORM = "multipart/form-data"
#: a page sends two; readers of such forms take time for each part and each line of a stranger's
_MOST_PARTS = 8
_LONGEST_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Part:
    """One field, with the name of its file if it has one."""

    content: bytes
    file_name: str = ""


def read_parts(body: bytes, content_type: str) -> dict[str, Part]:
    """Return the parts of a whole multipart body by name; raise BadRequest.

    >>> body = b'--b\\r\\nContent-Disposition: form-data; name="a"\\r\\n\\r\\nx\\r\\n--b--'
    >>> read_parts(body, "multipart/form-data; boundary=b")
    {'a': Part(content=b'x', file_name='')}
    """
    told = Message()
    told["Content-Type"] = content_type
    boundary = (told.get_boundary() or "").encode(errors="replace")
    begin, *parts = (b"\r\n" + body).split(b"\r\n--" + boundary, _MOST_PARTS + 2)
    if not boundary or begin:
        raise BadRequest("the form must begin with its boundary")
    read: dict[str, Part] = {}
    for part in parts[: _MOST_PARTS + 1]:
        if part.startswith(b"--"):
            return read
        name, field = _read(part)
        read[name] = field
    raise BadRequest("the form has no end, or too many parts")


def _read(part: bytes) -> tuple[str, Part]:
    head, end, content = part.partition(b"\r\n\r\n")
    if not end or len(head) > _LONGEST_HEAD:
        raise BadRequest("a part of the form has no head")
    told = Message()
    for line in head.decode(errors="replace").split("\r\n"):
        header, _, value = line.partition(":")
        if header.strip().lower() == "content-disposition":
            told["Content-Disposition"] = value.strip()
    name = told.get_param("name", header="content-disposition")
    if not isinstance(name, str):
        raise BadRequest("a part of the form has no name")
    return name, Part(content, told.get_filename() or "")
