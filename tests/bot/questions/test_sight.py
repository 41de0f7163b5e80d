"""Who sees which question."""

import pytest
from sqlalchemy import Connection

from bot.office.letters import DeskLetters
from bot.officers import Role
from bot.questions import acts, desk, repository
from bot.questions.notices import Answer
from bot.questions.repository import Filters
from bot.questions.sight import visible_to
from bot.wording import Wording
from knowledge.decisions import MatterKind
from tests.bot.questions.officers import by, hire
from tests.bot.questions.samples import NOW, ask

INSPECTORATE = "ct-thanh-tra"


def seen_by(connection: Connection, role: Role, agency: str | None) -> int:
    officer = hire(connection, f"{role}.{agency}".lower(), role, agency)
    condition = visible_to(officer, INSPECTORATE)
    return repository.queue(connection, Filters(), seen_by=condition).total


@pytest.mark.parametrize(
    ("role", "agency", "count"),
    [
        pytest.param(Role.OFFICER, "ct-so-y-te", 2, id="an officer: the agency's"),
        pytest.param(Role.LEADER, "ct-so-noi-vu", 1, id="a leader: the agency's"),
        pytest.param(Role.OFFICER, INSPECTORATE, 1, id="the inspectorate: denunciations"),
        pytest.param(Role.COORDINATOR, None, 4, id="a coordinator: all"),
        pytest.param(Role.EDITOR, None, 0, id="an editor: none without answer and consent"),
        pytest.param(Role.BROADCASTER, None, 0, id="a broadcaster: none"),
        pytest.param(Role.ADMIN, None, 0, id="an administrator: none"),
    ],
)
def test_each_role_sees_its_own(
    connection: Connection, role: Role, agency: str | None, count: int
) -> None:
    ask(connection)
    ask(connection, kind=MatterKind.COMPLAINT)
    ask(connection, at="ct-so-noi-vu")
    ask(connection, kind=MatterKind.DENUNCIATION)
    assert seen_by(connection, role, agency) == count


def test_an_editor_sees_an_answer_whose_asker_agreed(connection: Connection) -> None:
    opened = ask(connection)
    officer = hire(connection, "an", agency="ct-so-y-te")
    acts.claim(connection, by(officer, opened.id))
    acts.draft(connection, by(officer, opened.id), Answer("Ở xã."))
    acts.send(connection, by(officer, opened.id), DeskLetters(Wording.load()))
    desk.record_consent(connection, opened.id, desk.Consent("air", True, "consent.air"), NOW)
    assert seen_by(connection, Role.EDITOR, None) == 1
    desk.withdraw_consent(connection, opened.id, "air", NOW)
    condition = visible_to(hire(connection, "e2", Role.EDITOR), INSPECTORATE)
    assert repository.queue(connection, Filters(), seen_by=condition).total == 0


def test_the_queue_finds_words_without_tone_marks_and_codes(connection: Connection) -> None:
    opened = ask(connection, "Tôi muốn đăng ký khai tử")
    ask(connection, "Cấp lại thẻ bảo hiểm")
    for search in ("dang ky KHAI TU", opened.code.lower()):
        found = repository.queue(connection, Filters(search=search))
        assert [row.code for row in found.rows] == [opened.code]
