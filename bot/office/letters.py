"""What citizens read when officers act on their questions."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.conversation.cards import cut
from bot.conversation.days import date_in_figures, day_in_words
from bot.conversation.letters import Signature, answer_message
from bot.conversation.payloads import payload
from bot.messages import Button, Outgoing, Purpose
from bot.questions.codes import spoken_groups
from bot.questions.notices import Answer, Asker, Refusal, Signed
from bot.wording import Wording

#: so much of a question tells which it was
_FIRST_WORDS = 40


@dataclass(frozen=True, slots=True)
class DeskLetters:
    """The words of the desk; implements bot.questions.notices.Notices."""

    wording: Wording

    def answer(self, asker: Asker, answer: Answer, signed: Signed) -> Outgoing:
        """Return the officer's answer to one of its askers."""
        under = Signature(signed.signer, signed.on, answer.basis, approved=signed.approved)
        told = answer_message(self.wording, asker.code, answer.text, under, asker.question_id)
        return told if not asker.about else replace(told, text=self._named(asker, told.text))

    def ask(self, asker: Asker, agency: str, text: str) -> Outgoing:
        """Return an officer's question to the citizen."""
        return self._officer(asker, "desk.ask", agency=agency, text=text)

    def transferred(self, asker: Asker, agency: str) -> Outgoing:
        """Say where the question is now."""
        return self._notice(asker, "desk.transferred", agency=agency)

    def refused(self, asker: Asker, reason: Refusal, text: str) -> Outgoing:
        """Say why this channel does not answer and which door is the right one."""
        door = self.wording(f"desk.refused.{reason}")
        return self._officer(asker, "desk.refused", door=door, text=text)

    def on_air(self, asker: Asker, day: date, until: datetime) -> Outgoing:
        """Say on which day a question is read on air."""
        told = self._notice(asker, "notice.air", day=day_in_words(day, until.date()))
        return replace(told, until=until)

    def aired(self, asker: Asker, day: date, link: str, until: datetime) -> Outgoing:
        """Say that a question was read, and where to find it."""
        told = self._notice(asker, "notice.aired", day=day_in_words(day, until.date()))
        text = f"{told.text}\n{self.wording('notice.link', link=link)}" if link else told.text
        return replace(told, text=text, until=until)

    def rating(self, asker: Asker, until: datetime) -> Outgoing:
        """Ask how an answer was that nobody said anything about."""
        told = self._notice(asker, "notice.rating")
        return replace(told, buttons=self._about(asker, "clear", "more", "wrong"), until=until)

    def correction(self, asker: Asker, text: str) -> Outgoing:
        """Put an answer right; as binding as the answer was."""
        told = self._officer(asker, "notice.correction", text=text)
        return replace(told, buttons=self._about(asker, "clear", "more"))

    def _named(self, asker: Asker, text: str) -> str:
        """Put the first words of the question into the title: a code is forgotten in two weeks."""
        title = self.wording("answer.title", code=spoken_groups(asker.code))
        about = cut(" ".join(asker.about.split()), _FIRST_WORDS)
        named = self.wording("answer.title.about", title=title.rstrip("."), about=about)
        return text.replace(title, named, 1)

    def corrected(self, answer: str, text: str, on: date) -> str:
        """Return an answer as it stands after a correction, both in sight."""
        return self.wording("answer.corrected", answer=answer, day=date_in_figures(on), text=text)

    def _about(self, asker: Asker, *acts: str) -> tuple[Button, ...]:
        return tuple(
            Button(self.wording(f"button.{act}"), payload(act, asker.code)) for act in acts
        )

    def _officer(self, asker: Asker, message_id: str, **values: object) -> Outgoing:
        text = self.wording(message_id, code=spoken_groups(asker.code), **values).strip()
        return Outgoing(
            text, purpose=Purpose.OFFICER, role="officer", question_id=asker.question_id
        )

    def _notice(self, asker: Asker, message_id: str, **values: object) -> Outgoing:
        text = self.wording(message_id, code=spoken_groups(asker.code), **values)
        return Outgoing(text, purpose=Purpose.NOTICE, question_id=asker.question_id)
