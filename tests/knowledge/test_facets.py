"""Which side of a matter a question asks for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.entries import Facet
from knowledge.lexicon import standard
from knowledge.query import Reader
from knowledge.repair import Repair

QUESTIONS = Path(__file__).parent.parent / "questions"


@pytest.fixture(scope="module")
def reader() -> Reader:
    lexicon = standard()
    return Reader(lexicon, Repair(lexicon.vocabulary, ()))


def labelled(name: str) -> Iterator[tuple[Facet | None, str]]:
    for line in (QUESTIONS / name).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            facet, _, text = line.split("\t")
            yield None if facet == "null" else Facet(facet), text


@pytest.mark.parametrize(
    ("text", "facet"),
    [
        pytest.param("khai sinh trễ có phải đóng tiền không", Facet.FEE, id="money, yes or no"),
        pytest.param("sao y có cần bản chính không", Facet.DOCUMENTS, id="a paper, yes or no"),
        pytest.param("gửi bưu điện được không", Facet.PLACE, id="by post"),
        pytest.param("con tui đi nộp giùm được hông", Facet.CONDITIONS, id="in somebody's place"),
        pytest.param("đăng ký tạm trú trên VNeID được không", Facet.ONLINE, id="in an application"),
        pytest.param("nộp online ở đâu", Facet.ONLINE, id="where online"),
        pytest.param("tờ khai lấy ở đâu", Facet.FORM, id="where a form is"),
        pytest.param("nghỉ mấy tháng, có phải báo không", Facet.CONDITIONS, id="asked last"),
        pytest.param("cần giấy gì và mất bao lâu", Facet.DOCUMENTS, id="first of two joined"),
        pytest.param("sai mấy năm nay, xin sửa lại", None, id="for years"),
        pytest.param("má bị đau, giờ xin giấy", None, id="pain is no where"),
        pytest.param("chưa có giấy tờ gì hết trơn", None, id="none at all"),
        pytest.param("trich luc ton phi k, bhyt", Facet.FEE, id="short forms bear no marks"),
    ],
)
def test_what_is_asked_is_told_from_what_is_told(
    reader: Reader, text: str, facet: Facet | None
) -> None:
    assert reader.read(text).facet == facet


def test_what_a_question_asks_is_mostly_heard(reader: Reader) -> None:
    asked = [(facet, text) for facet, text in labelled("facets_judge.tsv") if facet]
    right = sum(reader.read(text).facet == facet for facet, text in asked)
    assert right / len(asked) >= 0.9


def test_a_question_that_only_says_how_asks_no_other_side(reader: Reader) -> None:
    asked = [text for facet, text in labelled("facets_train.tsv") if facet is None]
    assert {reader.read(text).facet for text in asked} <= {None, Facet.STEPS}
