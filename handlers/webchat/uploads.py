"""What an uploaded file really is, and what of it is kept. Pure: bytes in, bytes out."""

import zipfile
from dataclasses import dataclass
from io import BytesIO

import puremagic
from PIL import Image, ImageOps
from PIL.ImageFile import ImageFile

from bot.errors import BotError
from bot.messages import AttachmentKind

MAX_FILE = 5 * 1024 * 1024
#: decoded at once: more would fill a small machine's memory
_MAX_PIXELS = 16_000_000
#: a camera's JPEG may have more, since it is decoded at half its width and height
_MAX_PHOTO_PIXELS = 40_000_000
_MAX_SIDE = 3000
_MAX_UNPACKED = 100 * 1024 * 1024
_PDF = "application/pdf"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG"}


class NotTaken(BotError):
    """The file is none of JPEG, PNG, PDF and DOCX, or is damaged."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it is kept; a picture is drawn anew, without place, camera and hour."""

    kind: AttachmentKind
    media_type: str
    extension: str
    content: bytes


def examine(content: bytes) -> Upload:
    """Return what to keep of a file, told by its content alone; raise NotTaken."""
    found = _guesses(content)
    if content.startswith(b"\xff\xd8\xff") and "image/jpeg" in found:
        return _picture(content, "image/jpeg", ".jpg")
    if content.startswith(b"\x89PNG\r\n\x1a\n") and "image/png" in found:
        return _picture(content, "image/png", ".png")
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return Upload(AttachmentKind.FILE, _PDF, ".pdf", content)
    if content.startswith(b"PK\x03\x04") and _is_docx(content):
        return Upload(AttachmentKind.FILE, _DOCX, ".docx", content)
    raise NotTaken


def _guesses(content: bytes) -> set[str]:
    try:
        return {guess.mime_type for guess in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError):
        return set()


def _picture(content: bytes, media_type: str, extension: str) -> Upload:
    """Draw a picture anew: what hides behind or beside its pixels is left out."""
    try:
        with Image.open(BytesIO(content), formats=[_PICTURES[media_type]]) as picture:
            _decode_small(picture)
            picture.thumbnail((_MAX_SIDE, _MAX_SIDE))
            upright = ImageOps.exif_transpose(picture)
            drawn = BytesIO()
            _bare(upright, media_type).save(drawn, _PICTURES[media_type], quality=88)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotTaken from error
    return Upload(AttachmentKind.IMAGE, media_type, extension, drawn.getvalue())


def _decode_small(picture: ImageFile) -> None:
    """See to it that decoding stays within the memory; raise NotTaken where it cannot.

    A progressive JPEG is held whole by its decoder, however small it is drawn.
    """
    pixels = picture.width * picture.height
    if pixels <= _MAX_PIXELS:
        return
    halves = picture.format in ("JPEG", "MPO") and not picture.info.get("progressive")
    if not halves or pixels > _MAX_PHOTO_PIXELS:
        raise NotTaken
    picture.draft("RGB", (picture.width // 2, picture.height // 2))
    if picture.width * picture.height > _MAX_PIXELS:
        raise NotTaken


def _bare(picture: Image.Image, media_type: str) -> Image.Image:
    """Return the pixels alone, in a mode the format knows."""
    has_alpha = media_type == "image/png" and "A" in picture.getbands()
    pixels = picture.convert("RGBA" if has_alpha else "RGB")
    pixels.info.clear()
    return pixels


def _is_docx(content: bytes) -> bool:
    """Whether an archive is a text document, whole, without macros, of a size fit to unpack."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = {entry.filename for entry in archive.infolist()}
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    needed = {"[Content_Types].xml", "word/document.xml"} <= names
    macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    return needed and not macros and unpacked <= _MAX_UNPACKED
