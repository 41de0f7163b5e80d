"""What a citizen is told when the desk has done something."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.conversation.letters import Signature, answer_message
from bot.messages import Outgoing, Purpose
from bot.questions.codes import spoken_groups
from bot.wording import Wording


class Refusal(StrEnum):
    """Why the desk does not answer; each has words for the citizen and names another door."""

    OTHER_BODY = "other_body"  # a court, the police, a company: not an agency of this channel
    COMPLAINT = "complaint"
    DENUNCIATION = "denunciation"
    UNCLEAR = "unclear"
    ANSWERED_BEFORE = "answered_before"
    SECRET = "secret"  # noqa: S105 - a matter of state or of somebody else's privacy
    ABUSE = "abuse"
    OTHER = "other"  # the officer's own words say why and where to go


@dataclass(frozen=True, slots=True)
class Asker:
    """One of those who asked: a question and the conversation it came in."""

    question_id: int
    conversation_id: int
    code: str


@dataclass(frozen=True, slots=True)
class Notices:
    """Builds messages to citizens; pure, so it may run where an act is recorded."""

    wording: Wording

    def answer(self, asker: Asker, answer: str, basis: str, signer: str, on: date) -> Outgoing:
        """Return the officer's answer to one of its askers."""
        signed = Signature(signer, on, basis)
        return answer_message(self.wording, asker.code, answer, signed, asker.question_id)

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
