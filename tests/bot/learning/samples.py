"""A catalogue of a few procedures, and people who ask."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from bot.catalogue.acts import put_layer
from bot.store import Done, Store
from knowledge.layers import Layer
from tests.bot.questions.samples import NOW, prepare

T = TypeVar("T")

BIRTH, DEATH = "procedure:1.001193", "procedure:1.000656"
TITLES = {
    BIRTH: "Thủ tục đăng ký khai sinh",
    DEATH: "Thủ tục đăng ký khai tử",
    "procedure:1.000894": "Thủ tục đăng ký kết hôn",
    "procedure:1.004194": "Đăng ký tạm trú",
    "procedure:1.001612": "Đăng ký thành lập hộ kinh doanh",
    "procedure:3.000347": "Đổi giấy phép lái xe",
}


def furnish(connection: Connection) -> None:
    """Fill in conversations, agencies and procedures."""
    prepare(connection)
    stock(connection)


def stock(connection: Connection) -> None:
    """Put the procedures into the catalogue."""
    for entry_id, title in TITLES.items():
        said = {"title": title, "source": "thử", "agencies": ["ct-xa"]}
        put_layer(connection, entry_id, Layer.OFFICE, said, NOW, "test")


def clock() -> datetime:
    """Return the moment all of this happens."""
    return NOW


async def write(store: Store, body: Callable[[Connection], T]) -> T:
    """Do something in one transaction."""
    return await store.write(lambda connection: Done(body(connection)))
