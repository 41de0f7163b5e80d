"""The conversation over the knowledge that is shipped: cards and whole exchanges."""

import pytest
from sqlalchemy import Connection, insert

from bot.clock.starter import calendar
from bot.conversation.cards import answer_card
from bot.conversation.world import World
from bot.tables.knowledge import entry
from knowledge import starter
from knowledge.decisions import Decision
from knowledge.entries import Entry, Facet
from knowledge.matcher import Context, Matcher
from knowledge.places import Place
from tests.bot.conversation.chat import FRIDAY, WORDING, Chat
from tests.bot.conversation.library import SmallLibrary
from tests.bot.conversation.manners import BANNED


class ShippedLibrary:
    """The shipped entries behind the real matcher."""

    def __init__(self) -> None:
        self._entries = {e.id: e for e in starter.load()}
        self._matcher = Matcher.build(tuple(self._entries.values()), ())
        self.version = self._matcher.version

    def decide(self, text: str, context: Context) -> Decision:
        """Understand a message."""
        return self._matcher.decide(text, context)

    def entry(self, entry_id: str) -> Entry | None:
        """Return an entry."""
        return self._entries.get(entry_id)

    def namesakes(self, text: str) -> tuple[Place, ...]:
        """Return the communes that bear a name in the text."""
        return self._matcher.namesakes(text)

    def parts(self, agency: str) -> tuple[Place, ...]:
        """Return a commune of today and all that became it."""
        return self._matcher.gazetteer.parts(agency)


@pytest.fixture(scope="module")
def shipped() -> ShippedLibrary:
    return ShippedLibrary()


@pytest.fixture
def citizen(connection: Connection, shipped: ShippedLibrary) -> Chat:
    rows = [
        {
            "id": e.id,
            "kind": e.kind,
            "code": e.code,
            "state": "public",
            "merged": {},
            "folded": "",
            "changed_at": FRIDAY,
        }
        for e in starter.load()
    ]
    connection.execute(entry.delete())
    connection.execute(insert(entry), rows)
    return Chat(connection, library=shipped)


@pytest.mark.parametrize("facet", [None, *Facet])
def test_every_shipped_card_is_polite_and_fits_a_phone(facet: Facet | None) -> None:
    world = World(SmallLibrary(), WORDING, calendar(), FRIDAY, str)
    for each in starter.load():
        card = answer_card(world, each, facet)
        assert BANNED.search(card.text) is None, card.text
        assert len(card.text) <= 1500, card.text
        assert "Nguồn: " in card.text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("làm khai sinh cho cháu cần giấy gì", "1.001193"),
        ("lam khai sanh cho chau can giay gi", "1.001193"),
        ("ba tôi mới mất, đi khai tử ở đâu", "1.000656"),
    ],
)
async def test_a_plain_question_gets_its_card(citizen: Chat, text: str, code: str) -> None:
    assert (await citizen.asks(text)).codes[:1] == (code,)


async def test_three_short_messages_and_a_follow_up(citizen: Chat) -> None:
    (card,) = await citizen.says("cho em hỏi", "làm khai sinh cho cháu", "cần gì ạ")
    assert card.codes == ("1.001193",)
    assert (await citizen.asks("thế bao nhiêu tiền")).text.splitlines()[1].startswith("Lệ phí: ")
    assert citizen.states() == ["auto_answered"]


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("nhà hàng xóm cháy lớn quá", "GỌI NGAY 114"),
        ("tôi muốn tố cáo chủ tịch xã nhận hối lộ", "Dạ, việc này là tố cáo"),
        ("tôi muốn khiếu nại quyết định thu hồi đất", "Dạ, việc này là khiếu nại"),
        ("có người gọi kêu cập nhật VNeID", "Dạ, xin ông/bà đừng làm theo"),
        ("đường trước nhà ngập hoài không ai sửa", "Dạ, phản ánh của ông/bà đã"),
    ],
)
async def test_what_is_no_procedure_gets_no_card(citizen: Chat, text: str, beginning: str) -> None:
    assert (await citizen.asks(text)).text.startswith(beginning)
