"""A telephone number lies in one place, and the words it came with are masked in the ledger."""

from sqlalchemy import Connection, select

from bot.delivery.inbox import accept
from bot.messages import Incoming, IncomingKind
from bot.reach import consents
from bot.tables.delivery import inbox, message
from tests.bot.questions.samples import NOW


def test_what_came_with_a_number_is_masked_with_it(connection: Connection) -> None:
    words = "tôi là Nguyễn Văn An, gọi số 0912 345 678"
    event = Incoming("zalo", "given", "tu", IncomingKind.TEXT, NOW, text=words)
    accept(connection, event, words.encode(), NOW)
    consents.hide_number(connection, connection.execute(select(message.c.id)).scalars().all())
    row = connection.execute(select(inbox)).one()
    assert (row.raw, row.digest) == (None, "")
    assert [word for word in ("0912", "Nguyễn") if word in row.event["text"]] == []
