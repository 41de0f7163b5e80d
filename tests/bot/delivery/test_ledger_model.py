"""The ledger against a model: whatever happens in whatever order, the books agree."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import Connection, StaticPool

from bot.channels import (
    ChannelUnavailable,
    MessageRefused,
    OutcomeUnknown,
    RecipientGone,
    Sent,
    WindowClosed,
)
from bot.delivery.inbox import accept, transcript
from bot.delivery.recording import put_aside, read_turn, record
from bot.delivery.sender import SenderRules, outcome_of
from bot.delivery.sending import Head, Outcome, claim, read_head, recover, settle
from bot.messages import IncomingKind, Outgoing, Purpose
from bot.store.engines import sqlite_engine
from bot.tables import metadata
from bot.tables.delivery import inbox, message, outbox
from tests.bot.delivery.samples import Parrot, Repeat, Ticker, rows, said

WHO = st.sampled_from(["an", "bình"])
PURPOSE = st.sampled_from(list(Purpose))
OUTCOMES = st.sampled_from(
    [
        None,
        ChannelUnavailable(),
        MessageRefused(),
        OutcomeUnknown(),
        RecipientGone(),
        WindowClosed(),
    ]
)
RULES = SenderRules()


class Ledger(RuleBasedStateMachine):
    """Citizens write, repeat themselves and leave; workers decide; senders send and die."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Ticker()
        self.engine = sqlite_engine(Path(":memory:"), pool=StaticPool)
        metadata.create_all(self.engine)
        self.chats: dict[str, int] = {}
        self.written: dict[str, list[str]] = {}
        self.answered: dict[str, list[str]] = {}
        self.seen: list[str] = []
        self.under_way: dict[int, Head] = {}

    def teardown(self) -> None:
        self.engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        self.clock.advance(seconds=7)
        with self.engine.begin() as connection:
            yield connection

    @rule(who=WHO, again=st.booleans())
    def a_citizen_writes(self, who: str, again: bool) -> None:
        texts = self.written.setdefault(who, [])
        text = texts[-1] if again and texts else f"{who} {len(texts)}"
        with self.transaction() as connection:
            accepted = accept(connection, said(text, text, who), b"", self.clock()).value
        assert accepted.duplicate == (text in texts)
        self.chats[who] = accepted.conversation_id
        if not accepted.duplicate:
            texts.append(text)

    @precondition(lambda self: self.chats)
    @rule(who=WHO, kind=st.sampled_from([IncomingKind.LEFT, IncomingKind.OTHER]))
    def a_citizen_leaves(self, who: str, kind: IncomingKind) -> None:
        if who in self.chats:
            with self.transaction() as connection:
                accept(connection, said("", who=who, kind=kind), b"", self.clock())

    @rule(who=WHO, purpose=PURPOSE, part=st.integers(1, 3), broken=st.booleans())
    def a_worker_decides(self, who: str, purpose: Purpose, part: int, broken: bool) -> None:
        if who not in self.chats:
            return
        with self.transaction() as connection:
            reading = read_turn(Parrot(), self.chats[who], connection)
            if reading is None:
                assert self.answered.get(who, []) == self.written[who]
                return
            covered = reading.turn.pending[:1] if broken else reading.turn.pending[:part]
            texts = [row.event.text for row in covered]
            if broken:
                sorry = [Outgoing(f"re: {texts[0]}", purpose=purpose)]
                put_aside(reading, sorry, "broken", self.clock(), connection)
            else:
                plan = Repeat(covered[-1].seq, " / ".join(texts), purpose)
                record(reading, plan, self.clock(), connection)
        self.answered.setdefault(who, []).extend(texts)

    @rule(who=WHO)
    def a_sender_begins(self, who: str) -> None:
        chat = self.chats.get(who)
        if chat is None:
            return
        with self.transaction() as connection:
            head = read_head(chat, connection)
            assert head is None or chat not in self.under_way, "two at once"
            due = head and (head.not_before is None or head.not_before <= self.clock())
            if head and due and not head.blocked:
                taken = claim(head, "me", connection).value
                assert taken is not None, "nobody else sends"
                self.under_way[chat] = taken

    @rule(who=WHO, error=OUTCOMES, arrived=st.booleans())
    def a_sender_ends(self, who: str, error: Exception | None, arrived: bool) -> None:
        head = self.under_way.pop(self.chats.get(who, 0), None)
        if head is None:
            return
        if error is None or (isinstance(error, OutcomeUnknown) and arrived):
            self.seen.append(head.delivery.message.text)
        outcome = Outcome("sent", sent=Sent((f"p{len(self.seen)}",), self.clock()))
        if error is not None:
            outcome = outcome_of(error, head, RULES, self.clock())
        with self.transaction() as connection:
            settle(head, outcome, connection)

    @rule(who=WHO, error=OUTCOMES, arrived=st.booleans())
    def a_sender_works(self, who: str, error: Exception | None, arrived: bool) -> None:
        self.a_sender_begins(who)
        self.a_sender_ends(who, error, arrived)

    @rule(who=WHO, purpose=PURPOSE)
    def a_message_is_answered(self, who: str, purpose: Purpose) -> None:
        self.a_citizen_writes(who, again=False)
        self.a_worker_decides(who, purpose, part=3, broken=False)

    @rule(arrived=st.booleans())
    def the_process_dies(self, arrived: bool) -> None:
        for head in self.under_way.values():
            if arrived:
                self.seen.append(head.delivery.message.text)
        lost, self.under_way = len(self.under_way), {}
        with self.transaction() as connection:
            assert recover((), self.clock(), RULES.grace, connection).value == lost

    @invariant()
    def every_message_is_kept_once_and_in_order(self) -> None:
        with self.engine.connect() as connection:
            for who, chat in self.chats.items():
                lines = transcript(connection, chat)
                assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
                said_by = [line.text for line in lines if line.role == "citizen"]
                assert said_by == self.written[who]

    @invariant()
    def decided_and_open_make_up_the_whole(self) -> None:
        with self.engine.connect() as connection:
            found = [row["state"] for row in rows(connection, inbox) if row["event"]["text"]]
        decided = sum(map(len, self.answered.values()))
        assert found.count("pending") == sum(map(len, self.written.values())) - decided

    @invariant()
    def a_message_is_seen_as_often_as_its_state_admits(self) -> None:
        with self.engine.connect() as connection:
            texts = {row["id"]: row["text"] for row in rows(connection, message)}
            sendings = rows(connection, outbox)
        for row in sendings:
            times = self.seen.count(texts[row["message_id"]])
            assert times <= 1 + row["doubts"]
            assert times >= (row["state"] == "sent")
            if row["state"] in ("waiting", "failed", "pending") and not row["doubts"]:
                assert times == 0


TestLedger = Ledger.TestCase
TestLedger.settings = settings(
    max_examples=25, stateful_step_count=40, deadline=None, derandomize=True
)
