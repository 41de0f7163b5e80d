"""Which agency and commune a message goes to: offered where a name is shared, never guessed."""

from functools import cache
from pathlib import Path

import pytest

from bot.directory.communes import places
from knowledge import starter, training
from knowledge.decisions import Decision, MatterKind
from knowledge.lexicon import HERE, rows, standard
from knowledge.matcher import Matcher
from knowledge.patterns import readings
from knowledge.routing import Router

#: names of before the merger that stood in two or more old districts
SHARED = (
    *("Phường 1", "Phường 2", "Phường 3", "Phường Thuận An", "Xã Long Bình", "Xã Long Phú"),
    *("Xã Phú Hữu", "Xã Phú Tân", "Xã Tân Long", "Xã Tân Thạnh", "Xã Thạnh Phú"),
    *("Xã Thạnh Quới", "Xã Thuận Hòa", "Xã Thuận Hưng"),
)
INSPECTORATE = "ct-thanh-tra"
#: messages and the agencies that are right for them: kind, agencies, text
ROUTES = Path(training.__file__).with_name("routes.tsv")
MATTERS = {"anger": MatterKind.FEEDBACK, **{kind.value: kind for kind in MatterKind}}


@cache
def matcher() -> Matcher:
    return Matcher.build(starter.load(), places())


def decide(text: str) -> Decision:
    return matcher().decide(text)


def told(kind: str) -> list[tuple[list[str], str]]:
    rows = (line.split("\t") for line in ROUTES.read_text(encoding="utf-8").splitlines()[1:])
    return [(agencies.split(","), text) for told, agencies, text in rows if told == kind]


def routed(kind: str, text: str) -> str:
    router, words = Router(standard()), matcher().reader.words(text)
    place = matcher().gazetteer.find(words, text)
    if kind == "question":
        return router.by_topic(words, place)[0]
    if kind in MATTERS:
        return router.by_matter(MATTERS[kind], words, place)[0]
    return router.by_desk(kind, words, place)[0]


def former(name: str) -> list[tuple[str, str, str]]:
    return [(p.district, p.province, p.agency) for p in places() if p.former and p.name == name]


def test_the_names_that_were_shared_are_these() -> None:
    named = {p.name for p in places() if p.former and p.district}
    districts = {name: {where[:2] for where in former(name)} for name in named}
    assert {name for name, found in districts.items() if len(found) > 1} == set(SHARED)


@pytest.mark.parametrize("name", SHARED)
@pytest.mark.parametrize(
    "text",
    [
        "đường ở {} cũ hư hoài không ai sửa",
        "ở {} cũ làm khai sinh chỗ nào",
        "duong o {} cu hu hoai",
    ],
    ids=["feedback", "question", "in small letters"],
)
def test_a_shared_name_of_before_the_merger_is_offered_not_guessed(name: str, text: str) -> None:
    decision = decide(text.format(name.lower()))
    assert decision.commune is None
    assert decision.agency == "ct-xa"  # the asker's, still to be told
    assert decision.reason.count(name) >= len({place[0:2] for place in former(name)})


@pytest.mark.parametrize(
    "text", ["làm căn cước cho con 10 tuổi", "ấp 5 hư đèn đường", "rac o hem 3 khong ai gom"]
)
def test_a_number_is_no_ward_unless_it_is_called_one(text: str) -> None:
    assert decide(text).commune is None


def test_a_numbered_ward_is_found_by_its_name() -> None:
    assert decide("đèn đường phường 10 hư hoài").commune is not None


@pytest.mark.parametrize("name", SHARED)
def test_the_old_district_or_province_beside_it_tells_which(name: str) -> None:
    for district, province, agency in former(name):
        decision = decide(f"đường ở {name.lower()} cũ, {district} {province} hư hoài")
        assert decision.commune == agency, (district, province, decision.reason)


def test_chau_thanh_of_two_provinces_is_offered_not_guessed() -> None:
    decision = decide("ở huyện Châu Thành làm tạm trú chỗ nào")
    assert decision.commune is None
    assert "Tỉnh Hậu Giang" in decision.reason
    assert "Tỉnh Sóc Trăng" in decision.reason


@pytest.mark.parametrize(
    ("text", "commune"),
    [
        pytest.param("lộ ở xã Tài Văn sụp rồi", "ct-xa-31687", id="of today"),
        pytest.param("lộ ở xã Đại Tâm cũ sụp rồi", "ct-xa-31684", id="of before the merger"),
    ],
)
def test_a_name_of_one_commune_is_the_route(text: str, commune: str) -> None:
    decision = decide(text)
    assert (decision.agency, decision.commune) == (commune, commune)


@pytest.mark.parametrize(
    "accused",
    [
        *("chủ tịch xã Tài Văn", "công an phường Cái Khế", "Sở Nội vụ", "Sở Tư pháp"),
        *("Sở Xây dựng", "Thanh tra thành phố", "Văn phòng đăng ký đất đai", "thuế cơ sở"),
    ],
)
def test_a_body_named_in_a_denunciation_is_never_the_route(accused: str) -> None:
    decision = decide(f"tôi tố cáo cán bộ {accused} nhận hối lộ 20 triệu đồng")
    assert decision.matter is MatterKind.DENUNCIATION
    assert decision.agency == INSPECTORATE


@pytest.mark.parametrize(
    "kind", ["feedback", "anger", "complaint", "own_file", "scam", "hotline", "question"]
)
def test_nine_of_ten_go_to_a_right_agency_once_their_kind_is_known(kind: str) -> None:
    found = [(routed(kind, text), agencies) for agencies, text in told(kind)]
    right = [a in wanted or ("ct-xa" in wanted and a.startswith("ct-xa-")) for a, wanted in found]
    assert sum(right) >= 0.9 * len(right), [
        one for one, ok in zip(found, right, strict=True) if not ok
    ]


def test_no_phrase_speaks_for_two_bodies() -> None:
    agencies: dict[tuple[str, ...], list[str]] = {}
    for meaning, patterns in rows(HERE / "bodies.tsv"):
        for pattern in patterns.split(" ; "):
            for said in set(readings(pattern.strip(), {})):
                agencies.setdefault(said, []).append(meaning.partition(":")[0])
    assert {said: told for said, told in agencies.items() if len(set(told)) > 1} == {}


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        pytest.param("bệnh viện bắt chờ 5 tiếng, làm ăn kiểu gì", "ct-so-y-te", id="hospital"),
        pytest.param("điện cúp hoài gọi không ai nghe", "ct-dien-luc", id="power"),
        pytest.param("cán bộ xã quát dân, tức quá", "ct-xa", id="commune"),
        pytest.param("xe chạy ẩu trước cổng trường tiểu học", "ct-xa", id="only beside a school"),
        pytest.param("rác cả tuần không ai lấy", "ct-xa", id="nobody named"),
    ],
)
def test_anger_goes_to_the_body_that_answers_for_the_service(text: str, agency: str) -> None:
    assert decide(text).agency == agency


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("làm khai sinh ở xã Tài Văn cần gì", "1.001193", id="by procedure"),
        pytest.param("rác ngập hẻm phường Cái Khế", "Phường Cái Khế", id="by place"),
        pytest.param("tố cáo cán bộ nhận hối lộ", "thanh tra", id="by matter"),
        pytest.param("mất điện hoài ở Mỹ Xuyên", "ct-dien-luc", id="by topic"),
    ],
)
def test_the_reason_can_be_read_by_a_coordinator(text: str, said: str) -> None:
    assert said in decide(text).reason
