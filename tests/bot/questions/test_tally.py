"""How a desk stands."""

from datetime import timedelta

from sqlalchemy import Connection, true

from bot.office.letters import DeskLetters
from bot.questions import acts
from bot.questions.notices import Answer
from bot.questions.tally import Marks, Tally, tallies, together
from bot.wording import Wording
from tests.bot.questions.officers import by, hire
from tests.bot.questions.samples import NOW, ask

MONTH = NOW.replace(day=1)


def test_an_agency_sees_what_is_open_soon_late_and_answered(connection: Connection) -> None:
    an = hire(connection, "an", agency="ct-so-y-te")
    due = ask(connection).due_at
    done = ask(connection, conversation_id=2)
    acts.claim(connection, by(an, done.id))
    acts.draft(connection, by(an, done.id), Answer("Ở BHXH.", "Luật"))
    acts.send(connection, by(an, done.id), DeskLetters(Wording.load()))
    assert due is not None
    day = timedelta(days=1)
    figures = {
        when: tallies(connection, Marks(when, when + day, MONTH), true())
        for when in (due - 3 * day, due - day, due + day)
    }
    assert [(f.open, f.soon, f.late, f.answered) for (f,) in figures.values()] == [
        (1, 0, 0, 1),
        (1, 1, 0, 1),
        (1, 0, 1, 1),
    ]


def test_the_most_late_agency_comes_first(connection: Connection) -> None:
    due = [ask(connection, at=code).due_at for code in ("ct-so-y-te", "ct-so-noi-vu")]
    ask(connection, at="ct-so-noi-vu", conversation_id=2)
    assert due[1] is not None
    late = Marks(due[1] + timedelta(days=60), due[1] + timedelta(days=61), MONTH)
    found = tallies(connection, late, true())
    assert [(one.name, one.late) for one in found] == [("Sở Nội vụ", 2), ("Sở Y tế", 1)]
    assert together(found) == Tally(open=3, late=3)
