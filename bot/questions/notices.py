"""What a citizen is told when the desk has done something: the port, and its terms."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from bot.messages import Outgoing


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
    #: what was asked, in the asker's own words; empty where they must not be repeated
    about: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an officer wants to tell, and what it rests on."""

    text: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """Who vouches for an answer, and whether as its approver or as its writer."""

    signer: str
    on: date
    approved: bool


class Notices(Protocol):
    """Builds messages to citizens; pure, so it may run where an act is recorded."""

    def answer(self, asker: Asker, answer: Answer, signed: Signed) -> Outgoing:
        """Return the officer's answer to one of its askers."""

    def correction(self, asker: Asker, text: str) -> Outgoing:
        """Return the correction of an answer that was given."""

    def corrected(self, answer: str, text: str, on: date) -> str:
        """Return an answer as it stands after a correction, both in sight."""

    def ask(self, asker: Asker, agency: str, text: str) -> Outgoing:
        """Return an officer's question to the citizen."""

    def transferred(self, asker: Asker, agency: str) -> Outgoing:
        """Say where the question is now."""

    def refused(self, asker: Asker, reason: Refusal, text: str) -> Outgoing:
        """Say why this channel does not answer and which door is the right one."""
