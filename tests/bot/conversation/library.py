"""A small library by hand: a few entries, and what each text means."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from bot.conversation.words import plain
from knowledge.decisions import Decision, DecisionKind, MatterKind
from knowledge.entries import Entry, EntryKind, Facet, Fact
from knowledge.matcher import Context
from knowledge.places import Place

CHECKED = date(2026, 11, 1)


def _fact(text: str, *, sound: bool = True) -> Fact:
    return Fact(text, sound, "Cổng Dịch vụ công quốc gia", CHECKED)


BIRTH = Entry(
    id="procedure:1.001193",
    kind=EntryKind.PROCEDURE,
    code="1.001193",
    title="Thủ tục đăng ký khai sinh",
    short_label="Đăng ký khai sinh",
    summary="Làm giấy khai sinh cho bé sinh trong nước.",
    facts={
        Facet.DOCUMENTS: _fact("giấy chứng sinh; Căn cước của người đi làm"),
        Facet.PLACE: _fact("UBND xã, phường nơi cha hoặc mẹ cư trú"),
        Facet.TIME: _fact("trong ngày"),
        Facet.FEE: _fact("từ 0 đến 8.000 đồng", sound=False),
    },
    agencies=("ct-xa",),
    source="Cổng Dịch vụ công quốc gia",
    source_url="https://dichvucong.gov.vn/thu-tuc/1.001193",
    online_url="https://dichvucong.gov.vn/khai-sinh",
    checked_on=CHECKED,
)
BIRTH_ABROAD = replace(
    BIRTH,
    id="procedure:2.000528",
    code="2.000528",
    title="Thủ tục đăng ký khai sinh có yếu tố nước ngoài",
    short_label="Khai sinh, bé sinh ở nước ngoài",
    agencies=("ct-so-tu-phap",),
)
BIRTH_AGAIN = replace(
    BIRTH,
    id="procedure:1.004884",
    code="1.004884",
    title="Thủ tục đăng ký lại khai sinh",
    short_label="Đăng ký lại khai sinh",
)
POLICE = Entry(
    id="hotline:113",
    kind=EntryKind.HOTLINE,
    code="113",
    title="Công an",
    phone="113",
    source="Luật Viễn thông",
    checked_on=CHECKED,
)
INSURANCE_LINE = Entry(
    id="hotline:bhxh", kind=EntryKind.HOTLINE, code="bhxh", title="Bảo hiểm xã hội Cần Thơ"
)
ENTRIES = (BIRTH, BIRTH_ABROAD, BIRTH_AGAIN, POLICE, INSURANCE_LINE)


def answering(entry: Entry, *others: Entry, facet: Facet | None = None) -> Decision:
    """A sure answer."""
    found = (entry, *others)
    return Decision(
        DecisionKind.ANSWER,
        entries=tuple(e.id for e in found),
        codes=tuple(e.code for e in found),
        facet=facet,
        agency=entry.agencies[0] if entry.agencies else None,
        confidence=0.97,
    )


def choosing(*entries: Entry) -> Decision:
    """Entries to choose from."""
    return replace(answering(*entries), kind=DecisionKind.CHOICES)


def handing(agency: str | None, matter: MatterKind = MatterKind.QUESTION) -> Decision:
    """A question for people."""
    return Decision(DecisionKind.HANDOFF, agency=agency, matter=matter, confidence=0.9)


def idle(topic: str, *, standalone: bool = True) -> Decision:
    """Small talk."""
    return Decision(DecisionKind.SMALLTALK, topic=topic, standalone=standalone)


def emergency(topic: str) -> Decision:
    """Danger."""
    return Decision(DecisionKind.EMERGENCY, topic=topic)


ROAD = "ct-so-xay-dung"
MEANINGS: Mapping[str, Decision] = {
    plain(text): decision
    for text, decision in {
        "làm khai sinh cần gì": answering(BIRTH, BIRTH_ABROAD, BIRTH_AGAIN, facet=Facet.DOCUMENTS),
        "làm khai sinh cho cháu": answering(BIRTH),
        "làm khai sinh": answering(BIRTH),
        "có hồ sơ cá nhân nhưng chưa có khai sinh": answering(BIRTH),
        "làm khai sinh cho cháu, số tôi 0912 345 678": answering(BIRTH),
        "cho em hỏi\nlàm khai sinh": answering(BIRTH),
        "cho em hỏi\nlàm khai sinh\ncần gì ạ": answering(BIRTH, facet=Facet.DOCUMENTS),
        "khai sinh": choosing(BIRTH, BIRTH_ABROAD, BIRTH_AGAIN),
        "đăng ký lại khai sinh bị mất giấy thì sao": answering(BIRTH_AGAIN),
        "cho em hỏi": idle("greeting", standalone=False),
        "cần gì ạ": idle("chatter", standalone=False),
        "xin chào": idle("greeting", standalone=False),
        "alo": idle("greeting", standalone=False),
        "cảm ơn": idle("thanks"),
        "đồ vô dụng": idle("abuse"),
        "ok": idle("chatter", standalone=False),
        ".": idle("chatter"),
        "cháy nhà rồi": emergency("fire"),
        "cháy nhà cứu với, số tôi 0901234567": emergency("fire"),
        "có số lạ gọi kêu chuyển khoản": emergency("crime"),
        "số công an": answering(POLICE),
        "số bảo hiểm xã hội": answering(INSURANCE_LINE),
        "đường trước nhà ngập hoài": handing("ct-xa", MatterKind.FEEDBACK),
        "rác đầu hẻm hôi quá": handing("ct-xa", MatterKind.FEEDBACK),
        "khi nào sửa cầu Cái Sắn": handing(ROAD),
        "đèn đường hư ai sửa": handing(ROAD),
        "tôi khiếu nại quyết định bồi thường đất": handing("ct-xa", MatterKind.COMPLAINT),
        "tôi tố cáo cán bộ xã nhận tiền": handing("ct-xa", MatterKind.DENUNCIATION),
        "xã Tài Văn": replace(handing("ct-xa"), commune="ct-xa-31741"),
        "lộn rồi, phường Mỹ Xuyên": replace(handing("ct-xa"), commune="ct-xa-31684"),
        "nộp hồ sơ 2 tháng chưa có": replace(
            handing("ct-tt-pvhcc", MatterKind.FEEDBACK), topic="own_file"
        ),
    }.items()
}
PLACES = (
    Place("Phường Mỹ Xuyên", "", "Thành phố Cần Thơ", "ct-xa-31684"),
    Place("Xã Tham Đôn", "Huyện Mỹ Xuyên", "Tỉnh Sóc Trăng", "ct-xa-31684", former=True),
    Place("Xã Đại Tâm", "Huyện Mỹ Xuyên", "Tỉnh Sóc Trăng", "ct-xa-31684", former=True),
    Place("Xã Nhu Gia", "", "Thành phố Cần Thơ", "ct-xa-31708"),
    Place("Xã Tham Đôn", "Huyện Mỹ Xuyên", "Tỉnh Sóc Trăng", "ct-xa-31708", former=True),
    Place("Xã Tân Lộc", "", "Thành phố Cần Thơ", "ct-xa-31999"),
)
FACETS = {"lệ phí": Facet.FEE, "thế bao nhiêu tiền": Facet.FEE, "bao lâu có": Facet.TIME}


@dataclass(frozen=True)
class SmallLibrary:
    """Public knowledge as the dialogue sees it, over fixed meanings."""

    version: str = "test-1"
    entries: Mapping[str, Entry] = field(default_factory=lambda: {e.id: e for e in ENTRIES})

    def decide(self, text: str, context: Context) -> Decision:
        """Return what a text means; an unknown one goes to people."""
        facet = {plain(said): facet for said, facet in FACETS.items()}.get(plain(text))
        if facet and context.last_entry:
            return answering(self.entries[context.last_entry], facet=facet)
        if facet:
            return replace(idle("chatter", standalone=False), facet=facet)
        return MEANINGS.get(plain(text), handing(None))

    def entry(self, entry_id: str) -> Entry | None:
        """Return an entry."""
        return self.entries.get(entry_id)

    def namesakes(self, text: str) -> tuple[Place, ...]:
        """Return the communes whose name stands in the text."""
        return tuple(place for place in PLACES if plain(place.name) in plain(text))

    def parts(self, agency: str) -> tuple[Place, ...]:
        """Return a commune and what became it."""
        return tuple(place for place in PLACES if place.agency == agency)
