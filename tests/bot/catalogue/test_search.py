"""The search box of the public pages."""

import pytest
from sqlalchemy import Connection

from bot.catalogue.acts import put_layer
from bot.catalogue.repository import public_entry, search_entries
from knowledge.layers import Layer
from tests.bot.catalogue.samples import NOW


@pytest.fixture
def catalogue(connection: Connection) -> Connection:
    for number, title, alias in (
        (1, "Thủ tục đăng ký khai sinh", "làm khai sanh"),
        (2, "Thủ tục đăng ký lại khai sinh", "mất giấy khai sinh"),
        (3, "Thủ tục đăng ký khai tử", "báo tử"),
    ):
        said = {"title": title, "aliases": [alias]}
        put_layer(connection, f"procedure:1.{number:06}", Layer.STARTER, said, NOW, "thử")
    return connection


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        pytest.param("khai sinh", ["1.000001", "1.000002"], id="a title"),
        pytest.param("KHAI  SINH lai", ["1.000002"], id="any order, any case, no marks"),
        pytest.param("báo tử", ["1.000003"], id="what citizens say"),
        pytest.param("1.000003", ["1.000003"], id="a code"),
        pytest.param("100%_", [], id="signs of the database mean nothing"),
        pytest.param("", ["1.000003", "1.000001", "1.000002"], id="nothing: all of them"),
    ],
)
def test_every_word_must_be_there(catalogue: Connection, words: str, codes: list[str]) -> None:
    assert [entry.code for entry in search_entries(catalogue, words).entries] == codes


def test_results_come_in_pages(catalogue: Connection) -> None:
    pages = [search_entries(catalogue, "thủ tục", page, size=2) for page in (1, 2, 3)]
    assert [(len(page.entries), page.total) for page in pages] == [(2, 3), (1, 3), (0, 3)]


def test_an_unknown_code_is_no_entry(catalogue: Connection) -> None:
    assert public_entry(catalogue, "9.999999") is None
