"""What citizens read when officers act on their questions."""

from dataclasses import dataclass

from bot.conversation.letters import Signature, answer_message
from bot.messages import Outgoing, Purpose
from bot.questions.codes import spoken_groups
from bot.questions.notices import Answer, Asker, Refusal, Signed
from bot.wording import Wording


@dataclass(frozen=True, slots=True)
class DeskLetters:
    """The words of the desk; implements bot.questions.notices.Notices."""

    wording: Wording

    def answer(self, asker: Asker, answer: Answer, signed: Signed) -> Outgoing:
        """Return the officer's answer to one of its askers."""
        under = Signature(signed.signer, signed.on, answer.basis, approved=signed.approved)
        return answer_message(self.wording, asker.code, answer.text, under, asker.question_id)

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

    def _officer(self, asker: Asker, message_id: str, **values: object) -> Outgoing:
        text = self.wording(message_id, code=spoken_groups(asker.code), **values).strip()
        return Outgoing(
            text, purpose=Purpose.OFFICER, role="officer", question_id=asker.question_id
        )

    def _notice(self, asker: Asker, message_id: str, **values: object) -> Outgoing:
        text = self.wording(message_id, code=spoken_groups(asker.code), **values)
        return Outgoing(text, purpose=Purpose.NOTICE, question_id=asker.question_id)
