"""A form with a file: what browsers send is read, and no stranger's form takes long."""

import pytest

from handlers.webchat.forms import Part, read_parts
from handlers.webchat.requests import BadRequest

KIND = "multipart/form-data; boundary=----WebKit7MA"
FILE = (
    b'------WebKit7MA\r\nContent-Disposition: form-data; name="client_id"\r\n\r\nc1\r\n'
    b'------WebKit7MA\r\nContent-Disposition: form-data; name="file"; filename="\xe1\xba\xa3nh.png"'
    b"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--not the end\r\n\r\n------WebKit7MA--\r\n"
)


def test_what_a_browser_sends_is_read() -> None:
    assert read_parts(FILE, KIND) == {
        "client_id": Part(b"c1"),
        "file": Part(b"\x89PNG\r\n--not the end\r\n", "ảnh.png"),
    }


def test_a_name_may_be_written_as_the_standard_has_it() -> None:
    head = b"Content-Disposition: form-data; name=file; filename*=UTF-8''%E1%BA%A3nh.png"
    parts = read_parts(
        b"--x\r\n" + head + b"\r\n\r\nabc\r\n--x--", "multipart/form-data; boundary=x"
    )
    assert parts == {"file": Part(b"abc", "ảnh.png")}


PART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param(b"", "multipart/form-data; boundary=x", id="nothing"),
        pytest.param(PART, "multipart/form-data; boundary=x", id="no end"),
        pytest.param(PART + b"--x--", "multipart/form-data", id="no boundary named"),
        pytest.param(PART + b"--x--", "multipart/form-data; boundary=", id="an empty boundary"),
        pytest.param(
            b"\n" * 99 + PART + b"--x--", "multipart/form-data; boundary=x", id="preamble"
        ),
        pytest.param(PART * 100_000 + b"--x--", "multipart/form-data; boundary=x", id="many parts"),
        pytest.param(b"--x\r\n\r\n\r\n--x--", "multipart/form-data; boundary=x", id="no name"),
        pytest.param(b"--x\r\na: b", "multipart/form-data; boundary=x", id="no head"),
        pytest.param(
            b"--x\r\n" + b"a: b\r\n" * 9999 + b"\r\n\r\n--x--",
            "multipart/form-data; boundary=x",
            id="a long head",
        ),
    ],
)
def test_anything_else_is_no_form(body: bytes, kind: str) -> None:
    with pytest.raises(BadRequest):
        read_parts(body, kind)
