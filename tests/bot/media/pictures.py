"""Pictures as telephones take them."""

from io import BytesIO

import zxingcpp
from PIL import Image

PERSON = "079000000001|001000001|Nguyễn Thị Mẫu|01011990|Nữ|Ấp 1, xã Mẫu|01012022"


def photo(size: tuple[int, int] = (80, 60)) -> bytes:
    """Return a photo of nothing."""
    return _jpeg(Image.new("RGB", size, "teal"))


def with_code(text: str, *, side: int = 260, turned: float = 0, quality: int = 80) -> bytes:
    """Return a photo of a card that carries a code."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    drawn = Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=6)).convert("RGB")
    card = Image.new("RGB", (1280, 800), (214, 226, 220))
    card.paste(drawn.resize((side, side)), (940, 60))
    return _jpeg(card.rotate(turned, expand=True, fillcolor=(120, 110, 100)), quality)


def _jpeg(picture: Image.Image, quality: int = 80) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()
