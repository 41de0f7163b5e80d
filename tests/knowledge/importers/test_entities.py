"""What a stranger's file declares is not fetched, and not unfolded into all the memory."""

import io
import zipfile
from pathlib import Path

import pytest

from knowledge.importers.procedures import read
from tests.knowledge.importers.offices import BIRTH, HEADING, TITLES, excel, word

_TENFOLD = "".join(
    f'<!ENTITY {name} "{f"&{inner};" * 10}">'
    for inner, name in zip("abcdefgh", "bcdefghi", strict=True)
)
BOMB = f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{_TENFOLD}]>'


def declaring(data: bytes, doctype: str, entity: str) -> bytes:
    """Return an office file whose words begin with an entity of its own declaration."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as honest, zipfile.ZipFile(out, "w") as changed:
        for name in honest.namelist():
            text = honest.read(name)
            if name in ("word/document.xml", "xl/worksheets/sheet1.xml"):
                head, _, rest = text.rpartition(b"?>")
                rest = rest.replace(b"<w:t>", f"<w:t>&{entity};".encode())
                rest = rest.replace(b"<t>", f"<t>&{entity};".encode())
                text = (head + b"?>" if head else b"") + doctype.encode() + rest
            changed.writestr(name, text)
    return out.getvalue()


FILES = [
    pytest.param(excel(([*TITLES, HEADING, BIRTH], ())), "a.xlsx", id="Excel"),
    pytest.param(word("DANH MỤC", [HEADING, BIRTH]), "a.docx", id="Word"),
]


@pytest.mark.parametrize(("data", "name"), FILES)
def test_no_file_of_ours_is_read_into_it(tmp_path: Path, data: bytes, name: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("khoá riêng của máy")
    doctype = f'<!DOCTYPE x [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    assert "khoá riêng" not in str(list(read(declaring(data, doctype, "x"), name)))


@pytest.mark.parametrize(("data", "name"), FILES)
def test_what_unfolds_tenfold_and_tenfold_again_stays_small(data: bytes, name: str) -> None:
    assert len(str(list(read(declaring(data, BOMB, "i"), name)))) < 100_000
