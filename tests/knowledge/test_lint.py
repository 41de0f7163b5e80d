"""Which facts are held back, each rule with sentences that break it and sentences that do not."""

from datetime import date

import pytest

from knowledge.entries import Entry, EntryKind, Facet, Fact
from knowledge.importers.national import SOURCE
from knowledge.importers.procedures import read
from knowledge.lint import LIST_ONLY, UNCONFIRMED, lint, reasons, rules
from tests.requirements import shared

TODAY = date(2026, 11, 21)


def entry(facet: Facet, text: str, source: str = "", sound: bool = True) -> Entry:
    facts = {facet: Fact(text, sound, source)}
    return Entry("procedure:1.000001", EntryKind.PROCEDURE, "1.000001", "Thử", facts=facts)


def broken(facet: Facet, text: str, on: date = TODAY, source: str = "") -> set[str]:
    found = lint(entry(facet, text, source), on)
    return {finding.rule for finding in found if finding.facet}


@pytest.mark.parametrize(
    ("rule", "facet", "text"),
    [
        pytest.param("household_book", Facet.DOCUMENTS, "Bản sao sổ hộ khẩu", id="sổ hộ khẩu"),
        pytest.param("household_book", Facet.DOCUMENTS, "- Sổ tạm trú KT3", id="sổ tạm trú"),
        pytest.param(
            "old_identity_card", Facet.DOCUMENTS, "Giấy chứng minh nhân dân còn hạn", id="CMND"
        ),
        pytest.param("district_tier", Facet.PLACE, "Công an cấp huyện", id="cấp huyện"),
        pytest.param("district_tier", Facet.STEPS, "Nộp tại UBND huyện nơi ở", id="UBND huyện"),
        pytest.param(
            "district_tier", Facet.PLACE, "Phòng Tài chính - Kế hoạch huyện", id="phòng của huyện"
        ),
        pytest.param(
            "dissolved_body", Facet.PLACE, "Sở Lao động - Thương binh và Xã hội", id="Sở LĐTBXH"
        ),
        pytest.param("dissolved_body", Facet.PLACE, "Sở TNMT", id="Sở TNMT"),
        pytest.param("dissolved_body", Facet.PLACE, "Sở Giao thông vận tải", id="Sở GTVT"),
        pytest.param("foreign_province", Facet.PLACE, "Sở Xây dựng - TP.HCM", id="another city"),
        pytest.param("broken_word", Facet.CONDITIONS, "doanh nghiệp gửi h ồ sơ", id="split word"),
        pytest.param(
            "lost_head",
            Facet.STEPS,
            "nộp hồ sơ đăng ký khai tâm Phục vụ hành chính công có thẩm quyền",
            id="the head of a name is lost",
        ),
        pytest.param(
            "lines_out_of_order",
            Facet.STEPS,
            "bằng cách thức khác theo quy định, hoàn tất việc sinh tại Trung \n nộp hồ sơ.",
            id="a line breaks off and another begins",
        ),
        pytest.param(
            "said_twice", Facet.STEPS, "dữ liệu quốc gia về dân cư về dân cư để lấy", id="twice"
        ),
        pytest.param("empty", Facet.RESULT, "Không có thông tin", id="nothing said"),
        pytest.param("empty", Facet.DOCUMENTS, "- ;", id="punctuation only"),
        pytest.param("empty", Facet.FORM, "", id="no text at all"),
        pytest.param(
            "crawl_debris", Facet.CONDITIONS, "Không có thông tinTừ khóaKhông có", id="web page"
        ),
        pytest.param(
            "file_debris",
            Facet.DOCUMENTS,
            "- Đơn đề nghịMẫu số 25.docx 1 bản chính",
            id="a file name",
        ),
        pytest.param("truncated", Facet.RESULT, "Giấy chứng nhận đăng ký của", id="cut off"),
        pytest.param("absurd_fee", Facet.FEE, "120 VNĐ", id="noughts are missing"),
        pytest.param("absurd_fee", Facet.FEE, "1100 VNĐ", id="no separator"),
        pytest.param("absurd_fee", Facet.FEE, "50.000.000.000 đồng", id="fifty billion"),
        pytest.param("fee_needs_reading", Facet.FEE, "Miễn phí(do HĐND quy định)", id="local fee"),
        pytest.param("absurd_time", Facet.TIME, "0 ngày", id="no time"),
        pytest.param("time_needs_reading", Facet.TIME, "ngay trong ngày", id="no number"),
    ],
)
def test_a_fact_is_held_back(rule: str, facet: Facet, text: str) -> None:
    assert rule in broken(facet, text, source=SOURCE)


@pytest.mark.parametrize(
    ("facet", "text"),
    [
        pytest.param(Facet.DOCUMENTS, "Không phải nộp sổ hộ khẩu", id="no household book"),
        pytest.param(Facet.RESULT, "Giấy xác nhận số chứng minh nhân dân", id="an old number"),
        pytest.param(Facet.DOCUMENTS, "Ảnh kiểu chứng minh nhân dân 4x6", id="a kind of photo"),
        pytest.param(Facet.STEPS, "Từ 01/7/2025 không còn cấp huyện", id="no district"),
        pytest.param(
            Facet.DOCUMENTS,
            "Mẫu theo Thông tư 08/2023 của Bộ Lao động - Thương binh và Xã hội",
            id="who issued a circular",
        ),
        pytest.param(Facet.PLACE, "Trung tâm Phục vụ hành chính công cấp xã", id="whole name"),
        pytest.param(Facet.PLACE, "Ủy ban nhân dân cấp xã", id="the commune"),
        pytest.param(Facet.CONDITIONS, "Trường hợp a: có hai con ở", id="short words"),
        pytest.param(Facet.FEE, "8.000 đồng một bản", id="a small fee"),
        pytest.param(Facet.FEE, "Miễn phí", id="free"),
        pytest.param(Facet.TIME, "10 ngày làm việc", id="ten days"),
        pytest.param(Facet.TIME, "0,5 ngày làm việc", id="half a day"),
        pytest.param(
            Facet.DOCUMENTS,
            "- Tờ khai theo mẫu;\n- bản sao hộ chiếu hoặc hộ chiếu mới",
            id="a list",
        ),
    ],
)
def test_a_good_fact_passes(facet: Facet, text: str) -> None:
    assert broken(facet, text) == set()


def test_a_rule_does_not_look_back_before_its_day() -> None:
    assert broken(Facet.PLACE, "UBND huyện", on=date(2025, 6, 30)) == set()
    assert broken(Facet.PLACE, "UBND huyện", on=date(2025, 7, 1)) == {"district_tier"}


def test_imported_steps_are_held_back_and_our_own_are_not() -> None:
    imported = lint(entry(Facet.STEPS, "Nộp hồ sơ.", SOURCE), TODAY)
    own = lint(entry(Facet.STEPS, "Nộp hồ sơ."), TODAY)
    assert [finding.rule for finding in imported] == ["raw_steps"]
    assert own == ()


def test_a_fact_held_back_by_its_author_always_has_a_reason() -> None:
    (finding,) = lint(entry(Facet.DOCUMENTS, "- Tờ khai", sound=False), TODAY)
    assert (finding.facet, finding.rule) == ("documents", UNCONFIRMED)


def test_an_entry_with_nothing_but_a_name_is_listed_as_such() -> None:
    assert LIST_ONLY in {finding.rule for finding in lint(entry(Facet.PLACE, "Sở Y tế"), TODAY)}


def test_a_summary_is_judged_like_a_fact() -> None:
    asked = Entry("faq:q1", EntryKind.FAQ, "q1", "Cần gì?", summary="Mang theo sổ hộ khẩu.")
    assert [(f.facet, f.rule) for f in lint(asked, TODAY)] == [("summary", "household_book")]


def test_every_rule_has_a_reason_an_officer_can_read() -> None:
    assert all(reasons()[rule.id].endswith(".") for rule in rules())


def test_the_scrambled_steps_of_birth_registration_are_found() -> None:
    export = read(shared("data/procedures.jsonl.gz").read_bytes(), "procedures.jsonl.gz")
    birth = next(e for e in export if isinstance(e, Entry) and e.code == "1.001193")
    found = {finding.rule for finding in lint(birth, TODAY) if finding.facet == "steps"}
    assert {"lost_head", "lines_out_of_order", "raw_steps"} <= found
