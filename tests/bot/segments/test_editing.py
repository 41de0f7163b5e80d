"""What an editor may do, and what the list shows of it."""

import pytest
from sqlalchemy import Connection, select

from bot.segments import editing
from bot.segments.editing import AlreadyPublished, Approval, NothingApproved, Obstacle, TextMissing
from bot.tables.desk import audit
from bot.tables.segments import segment_item
from tests.bot.questions.samples import NOW
from tests.bot.segments.samples import (
    MONTH,
    answered,
    approve_all,
    editor,
    listed,
    publish,
    refresh,
)
from tests.bot.segments.test_selection import withdrawn


def item_ids(connection: Connection) -> list[int]:
    return [review.row.id for review in editing.reviews(connection, MONTH)]


def test_what_a_citizen_wrote_of_himself_is_masked_before_the_editor_sees_it(
    connection: Connection,
) -> None:
    answered(connection, "Tôi tên Lê Văn Mẫu, số 0912345678, hỏi thẻ.")
    refresh(connection)
    (review,) = editing.reviews(connection, MONTH)
    assert "0912" not in review.row.question + review.asked
    assert {"kind": "phone", "rule": review.row.masks[-1]["rule"]} in review.row.masks


def test_what_an_editor_types_is_masked_again_and_told(connection: Connection) -> None:
    answered(connection)
    refresh(connection)
    (item_id,) = item_ids(connection)
    approval = Approval(item_id, "Xin gọi 0912345678?", "Được.")
    found = editing.approve(connection, approval, editor(connection), NOW)
    assert [mask.kind for mask in found] == ["phone"]
    assert found[0].rule
    (item,) = listed(connection).items
    assert item.question == "Xin gọi [số điện thoại]?"


def test_who_approved_is_on_record(connection: Connection) -> None:
    answered(connection)
    refresh(connection)
    approve_all(connection)
    row = connection.execute(select(segment_item)).one()
    assert (row.approved_by, row.approved_at) == (editor(connection).id, NOW)
    acts = connection.execute(select(audit.c.act)).scalars().all()
    assert "segment.approve" in acts


def test_an_empty_text_is_not_approved(connection: Connection) -> None:
    answered(connection)
    refresh(connection)
    with pytest.raises(TextMissing):
        editing.approve(
            connection, Approval(item_ids(connection)[0], " ", "x"), editor(connection), NOW
        )


@pytest.mark.parametrize(
    ("by", "order"),
    [
        pytest.param(-1, [2, 1, 3], id="up"),
        pytest.param(1, [1, 3, 2], id="down"),
        pytest.param(-9, [2, 1, 3], id="beyond the top"),
    ],
)
def test_the_editor_decides_the_order(connection: Connection, by: int, order: list[int]) -> None:
    for _ in range(3):
        answered(connection)
    refresh(connection)
    ids = item_ids(connection)
    editing.move(connection, ids[1], by)
    assert item_ids(connection) == [ids[n - 1] for n in order]


def test_a_published_list_is_not_changed(connection: Connection) -> None:
    answered(connection)
    refresh(connection)
    approve_all(connection)
    publish(connection)
    assert listed(connection).status == "published"
    (item_id,) = item_ids(connection)
    with pytest.raises(AlreadyPublished):
        editing.set_state(connection, item_id, "dropped", editor(connection), NOW)
    with pytest.raises(AlreadyPublished):
        publish(connection)


def test_a_list_without_items_is_not_published(connection: Connection) -> None:
    opened = answered(connection)
    refresh(connection)
    approve_all(connection)
    withdrawn(connection, opened)
    with pytest.raises(NothingApproved):
        publish(connection)


def test_the_editor_reads_why_an_item_cannot_air(connection: Connection) -> None:
    opened = answered(connection)
    refresh(connection)
    withdrawn(connection, opened)
    assert editing.reviews(connection, MONTH)[0].obstacle is Obstacle.WITHDRAWN
