"""The dialogue as the delivery engine sees it: recall, decide, a plan to record."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.clock import WorkCalendar
from bot.conversation import repository
from bot.conversation.acts import Receipt
from bot.conversation.dialogue import Decided, converse, stay_silent
from bot.conversation.letters import Filed, progress_message, receipt
from bot.conversation.recording import StepPlan
from bot.conversation.repository import Recalled
from bot.conversation.state import Memory
from bot.conversation.understanding import understood
from bot.conversation.world import Library, Manner, World
from bot.delivery.outbox import post
from bot.delivery.turns import Plan, Turn, Wait
from bot.questions import desk, limits
from bot.questions.crowds import NAMELESS, Crowds
from bot.questions.repository import by_id
from bot.reach import progress
from bot.reach.progress import Due
from bot.reach.windows import day_ends
from bot.store import Done, Wake
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
        self._crowds = Crowds()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mind")

    def recall(self, connection: Connection, turn: Turn) -> Recalled:
        """Read the citizen's questions and whatever the turn refers to."""
        recalled = repository.recall(connection, turn)
        return replace(recalled, crowded=self._crowds.known(connection))

    async def decide(self, turn: Turn, now: datetime) -> Plan | Wait:
        """Decide what can be decided now; while an officer writes by hand, stay silent.

        Understanding is a matter of milliseconds of pure computation, and of many of them for
        long texts: it has a thread of its own, so that pages and streams go on meanwhile.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._think, turn, now)

    def _think(self, turn: Turn, now: datetime) -> Plan | Wait:
        recalled = turn.recalled or Recalled()
        world = self._world(turn.channel, recalled, now)
        memory = _refreshed(Memory.from_json(turn.state), recalled)
        if self._is_silent(turn, now):
            decided: Decided | Wait = stay_silent(world, memory, turn.pending)
        else:
            decided = converse(world, memory, turn.pending)
        if isinstance(decided, Wait):
            return decided
        return StepPlan(world, decided, turn.conversation_id)

    def expire_choices(self, connection: Connection, now: datetime) -> Done[int]:
        """Queue the questions whose choices nobody took for a day and send their receipts.

        A body for the store; returns how many there were.
        """
        ids = expire_choices(connection, now)
        wakes = [wake for id_ in ids for wake in self._told(connection, id_, now)]
        return Done(len(ids), tuple(wakes))

    def tell_progress(self, connection: Connection, due: Sequence[Due], now: datetime) -> Done[int]:
        """Say once before each of these windows ends how its questions stand.

        A body for the store; returns how many were told.
        """
        wakes = [wake for each in due for wake in self._told_progress(connection, each, now)]
        return Done(len(wakes), tuple(wakes))

    def _told_progress(self, connection: Connection, each: Due, now: datetime) -> tuple[Wake, ...]:
        recalled = repository.recall(connection, Turn(each.conversation_id, each.channel))
        world = self._world(each.channel, recalled, now)
        if not world.open_questions or not progress.begin(connection, each, now):
            return ()
        ended = each.window.possible_until
        message = progress_message(world, min(ended, day_ends(world.local_now)))
        cause = f"progress:{each.conversation_id}:{ended:%Y%m%dT%H%M%S%f}"
        return post(connection, each.conversation_id, cause, [message], now)

    def _told(self, connection: Connection, question_id: int, now: datetime) -> tuple[Wake, ...]:
        row = by_id(connection, question_id)
        if row is None:
            return ()
        key = repository.renew_key(connection, row.id)
        filed = Filed(row.id, row.code, row.agency, row.due_at, key)
        in_force = limits.calendar_for(connection, "")
        world = self._world(row.channel, Recalled(calendar=in_force), now)
        message = receipt(world, Receipt("receipt.unchosen", row.agency), filed)
        cause = f"question:{row.id}:unchosen"
        return post(connection, row.conversation_id, cause, [message], now)

    def _is_silent(self, turn: Turn, now: datetime) -> bool:
        """Whether an officer has the word; an emergency is answered all the same."""
        if turn.silent_until is None or turn.silent_until <= now:
            return False
        texts = [item.event.text for item in turn.pending if item.event.text]
        decisions = (understood(self._library, text, NO_CONTEXT) for text in texts)
        return all(decision.kind is not DecisionKind.EMERGENCY for decision in decisions)

    def _world(self, channel: str, recalled: Recalled, now: datetime) -> World:
        return World(
            library=self._library,
            wording=self._wording,
            calendar=recalled.calendar or self._calendar,
            now=now,
            agency_name=self._agency_name,
            manner=self._manner,
            channel=channel,
            questions=recalled.questions,
            looked_up=recalled.looked_up,
            quoted=recalled.quoted,
            officer_spoke_of=recalled.officer_spoke_of,
            roads=recalled.roads,
            barred_until=recalled.barred_until,
            crowded=recalled.crowded if channel in NAMELESS else frozenset(),
        )


def _refreshed(memory: Memory, recalled: Recalled) -> Memory:
    """Return the memory after what was sent between the turns, an officer's answer say."""
    if not recalled.offers or recalled.offers == memory.offers:
        return memory
    return replace(memory.settled(), offers=recalled.offers, entry="")


def expire_choices(connection: Connection, now: datetime) -> list[int]:
    """Queue the questions whose choices nobody took for a day; return their ids."""
    return desk.queue_abandoned_choices(connection, now - CHOICES_LAST, now)
