"""What a file really is, and what of it is kept. Pure: bytes in, bytes out."""

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO

import puremagic
from PIL import Image, ImageOps
from PIL.ImageFile import ImageFile

from bot.errors import BotError
from bot.media.identity import shows_identity_paper
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


#: how sound and film begin, as telephones record them; kept as they are, never played by us
_MEDIA = (
    (re.compile(rb"OggS"), AttachmentKind.AUDIO, "audio/ogg", ".ogg"),
    (re.compile(rb"ID3|\xff[\xfb\xf3\xf2]"), AttachmentKind.AUDIO, "audio/mpeg", ".mp3"),
    (re.compile(rb"\xff[\xf1\xf9]"), AttachmentKind.AUDIO, "audio/aac", ".aac"),
    (re.compile(rb"#!AMR"), AttachmentKind.AUDIO, "audio/amr", ".amr"),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), AttachmentKind.AUDIO, "audio/wav", ".wav"),
    (re.compile(rb"....ftypM4A", re.DOTALL), AttachmentKind.AUDIO, "audio/mp4", ".m4a"),
    (re.compile(rb"....ftyp3g", re.DOTALL), AttachmentKind.VIDEO, "video/3gpp", ".3gp"),
    (re.compile(rb"....ftyp", re.DOTALL), AttachmentKind.VIDEO, "video/mp4", ".mp4"),
    (re.compile(rb"\x1aE\xdf\xa3"), AttachmentKind.VIDEO, "video/webm", ".webm"),
)


class NotTaken(BotError):
    """The file is none of the kinds that are kept, or is damaged."""


class IdentityPaper(BotError):
    """The picture shows an identity paper: it is not kept."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it is kept; a picture is drawn anew, without place, camera and hour."""

    kind: AttachmentKind
    media_type: str
    extension: str
    content: bytes


def endings() -> dict[str, str]:
    """Return the ending of a file's name by its media type."""
    sound_and_film = {media_type: ending for _, _, media_type, ending in _MEDIA}
    papers = {_PDF: ".pdf", _DOCX: ".docx"}
    return {"image/jpeg": ".jpg", "image/png": ".png", **papers, **sound_and_film}


def examine_any(content: bytes) -> Upload:
    """Return what to keep of a file from a provider, sound and film included.

    Raises NotTaken or IdentityPaper.
    """
    for begins, kind, media_type, ending in _MEDIA:
        if begins.match(content):
            return Upload(kind, media_type, ending, content)
    if content[:4] == b"RIFF" or content[:6] in (b"GIF87a", b"GIF89a"):
        return _redrawn(content)
    return examine(content)


def examine(content: bytes) -> Upload:
    """Return what to keep of a picture or paper, told by its content alone.

    Raises NotTaken or IdentityPaper.
    """
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
            if shows_identity_paper(upright):
                raise IdentityPaper
            drawn = BytesIO()
            _bare(upright, media_type).save(drawn, _PICTURES[media_type], quality=88)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotTaken from error
    return Upload(AttachmentKind.IMAGE, media_type, extension, drawn.getvalue())


def _redrawn(content: bytes) -> Upload:
    """Keep the first frame of a GIF or WebP as a JPEG."""
    try:
        with Image.open(BytesIO(content), formats=["GIF", "WEBP"]) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                raise NotTaken
            drawn = BytesIO()
            picture.convert("RGB").save(drawn, "JPEG", quality=88)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotTaken from error
    return _picture(drawn.getvalue(), "image/jpeg", ".jpg")


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
