"""The dialogue as the delivery engine sees it: recall, decide, a plan to record."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.clock import WorkCalendar
from bot.conversation import repository
from bot.conversation.acts import Step
from bot.conversation.dialogue import Decided, converse
from bot.conversation.recording import StepPlan
from bot.conversation.repository import Recalled
from bot.conversation.state import Memory
from bot.conversation.world import Library, Manner, World
from bot.delivery.turns import Plan, Turn, Wait
from bot.questions import desk
from bot.wording import Wording
from knowledge.decisions import DecisionKind
from knowledge.matcher import NO_CONTEXT

CHOICES_LAST = timedelta(hours=24)


class ConversationMind:
    """Implements bot.delivery.turns.Mind over a library and the desk."""

    def __init__(
        self,
        library: Library,
        wording: Wording,
        calendar: WorkCalendar,
        agency_name: Callable[[str], str],
        manner: Manner,
    ) -> None:
        self._library = library
        self._wording = wording
        self._calendar = calendar
        self._agency_name = agency_name
        self._manner = manner

    def recall(self, connection: Connection, turn: Turn) -> Recalled:
        """Read the citizen's questions and whatever the turn refers to."""
        return repository.recall(connection, turn)

    async def decide(self, turn: Turn, now: datetime) -> Plan | Wait:
        """Decide what can be decided now; while an officer writes by hand, stay silent."""
        recalled = turn.recalled or Recalled()
        world = self._world(turn, recalled, now)
        memory = Memory.from_json(turn.state)
        if recalled.offers:
            memory = replace(memory, offers=recalled.offers)
        if self._is_silent(turn, now):
            decided: Decided | Wait = Decided(Step(memory), turn.pending[-1].seq)
        else:
            decided = converse(world, memory, turn.pending)
        if isinstance(decided, Wait):
            return decided
        return StepPlan(world, decided, turn.conversation_id)

    def _is_silent(self, turn: Turn, now: datetime) -> bool:
        """Whether an officer has the word; an emergency is answered all the same."""
        if turn.silent_until is None or turn.silent_until <= now:
            return False
        texts = (item.event.text for item in turn.pending if item.event.text)
        decisions = (self._library.decide(text, NO_CONTEXT) for text in texts)
        return all(decision.kind is not DecisionKind.EMERGENCY for decision in decisions)

    def _world(self, turn: Turn, recalled: Recalled, now: datetime) -> World:
        return World(
            library=self._library,
            wording=self._wording,
            calendar=self._calendar,
            now=now,
            agency_name=self._agency_name,
            manner=self._manner,
            channel=turn.channel,
            questions=recalled.questions,
            looked_up=recalled.looked_up,
            quoted=recalled.quoted,
        )


def expire_choices(connection: Connection, now: datetime) -> list[int]:
    """Queue the questions whose choices nobody took for a day; return their ids."""
    return desk.queue_abandoned_choices(connection, now - CHOICES_LAST, now)
