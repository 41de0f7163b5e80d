"""Whether a picture shows an identity paper, as far as that can be told without reading it.

The front or back of a Căn cước carries a code whose text begins with the twelve figures of the
person; nothing else that citizens send does. What has no such code (old cards, passports, a
blurred or cropped picture) is not noticed here: an officer destroys it with one click.
"""

import re

import zxingcpp
from PIL import Image

#: "079000000000|number of the old card|name|birth date|…"
_CITIZEN = re.compile(r"\d{12}\|")
#: the second line of a passport or the first of a card, where somebody put it into a code
_MACHINE_READABLE = re.compile(r"(?:P|I)[A-Z<]VNM[A-Z0-9<]{20,}")
#: a code is read up to this size; larger pictures only take longer
_MAX_SIDE = 2000


def shows_identity_paper(picture: Image.Image) -> bool:
    """Return whether a code in the picture is that of an identity paper."""
    grey = picture.convert("L")
    return any(map(_is_personal, _codes(grey)))


def _codes(grey: Image.Image) -> list[str]:
    small = grey.copy()
    small.thumbnail((_MAX_SIDE, _MAX_SIDE))
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(small, formats=formats)
    if not found and small.size != grey.size:
        found = zxingcpp.read_barcodes(grey, formats=formats)
    return [code.text for code in found]


def _is_personal(text: str) -> bool:
    return bool(_CITIZEN.match(text) or _MACHINE_READABLE.match(text))
