"""A citizen at the other end of the real mind and the real desk, without delivery between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, insert, select, update

from bot.clock.starter import calendar
from bot.conversation.mind import ConversationMind
from bot.conversation.world import Library, Manner
from bot.delivery.turns import Pending, Turn, Wait
from bot.messages import Attachment, AttachmentKind, Incoming, IncomingKind, Outgoing
from bot.tables.delivery import conversation, message, provider_message
from bot.tables.desk import question
from bot.wording import Wording
from tests.bot.conversation.library import SmallLibrary
from tests.bot.conversation.manners import mind_manners

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FRIDAY = datetime(2026, 11, 6, 16, 40, tzinfo=HANOI)
WORDING = Wording.load()
AGENCIES = {
    "ct-so-xay-dung": "Sở Xây dựng",
    "ct-so-tu-phap": "Sở Tư pháp",
    "ct-van-phong-ubnd": "Văn phòng UBND thành phố",
    "ct-tt-pvhcc": "Trung tâm Phục vụ hành chính công",
    "ct-thanh-tra": "Thanh tra thành phố",
    "ct-xa-31741": "UBND xã Tài Văn",
    "ct-xa-31684": "UBND phường Mỹ Xuyên",
}


@dataclass
class Chat:
    """One conversation; `said` keeps our side of it. Every reply must mind its manners."""

    connection: Connection
    said: list[Outgoing] = field(default_factory=list)
    library: Library = field(default_factory=SmallLibrary)
    channel: str = "web"
    now: datetime = FRIDAY
    public_url: str = ""
    template_to: str = ""
    state: Mapping[str, Any] = field(default_factory=lambda: {"greeted": True})
    silent_until: datetime | None = None
    barred_until: datetime | None = None
    waited: Wait | None = None
    id: int = 0
    _seq: int = 0
    _held: list[Pending] = field(default_factory=list)

    def __post_init__(self) -> None:
        opened = insert(conversation).values(
            channel=self.channel, address=f"a{id(self)}", created_at=self.now
        )
        self.id = int(self.connection.execute(opened).inserted_primary_key[0])  # type: ignore[index]
        self.mind = ConversationMind(
            self.library,
            WORDING,
            calendar(),
            lambda code: AGENCIES.get(code, code),
            Manner(public_url=self.public_url, template_to=self.template_to),
        )

    async def says(self, *texts: str, quoting: str = "") -> list[Outgoing]:
        """Send texts at once and return the replies."""
        refs = (quoting,) if quoting else ()
        return await self.sends(*(self.event(IncomingKind.TEXT, t, refs=refs) for t in texts))

    async def asks(self, text: str) -> Outgoing:
        """Send a text and return the first reply."""
        return (await self.says(text))[0]

    async def presses(self, payload: str) -> list[Outgoing]:
        """Press a button."""
        return await self.sends(replace(self.event(IncomingKind.BUTTON), payload=payload))

    async def shows(self, kind: AttachmentKind, count: int = 1, text: str = "") -> list[Outgoing]:
        """Send pictures and the like, each as a message of its own."""
        one = (Attachment(kind, "https://photo.zdn.vn/x.jpg"),)
        events = (
            replace(self.event(IncomingKind.ATTACHMENT, text), attachments=one)
            for _ in range(count)
        )
        return await self.sends(*events)

    async def does(self, kind: IncomingKind) -> list[Outgoing]:
        """Send a sticker, react, call, open the chat."""
        return await self.sends(self.event(kind))

    async def sends(self, *events: Incoming) -> list[Outgoing]:
        """Let events come in together and drain them as the engine does."""
        self._held += [self._accepted(event) for event in events]
        return await self.goes_on()

    async def goes_on(self, after: timedelta = timedelta()) -> list[Outgoing]:
        """Let time pass and the mind look at what is pending."""
        self.now += after
        replies: list[Outgoing] = []
        while self._held:
            turn = self._turn()
            turn = replace(turn, recalled=self.mind.recall(self.connection, turn))
            plan = await self.mind.decide(turn, self.now)
            if isinstance(plan, Wait):
                self.waited = plan
                break
            recorded = plan.record(self.connection, self.now)
            self.state = recorded.state
            self._held = [item for item in self._held if item.seq > plan.through]
            replies += recorded.replies
            for reply in recorded.replies:
                self.keep(reply)
        return replies

    def event(self, kind: IncomingKind, text: str = "", refs: Sequence[str] = ()) -> Incoming:
        """Build an event of this citizen."""
        return Incoming(
            self.channel, f"e{self._seq}", "a", kind, self.now, text=text, refers_to=tuple(refs)
        )

    def keep(self, reply: Outgoing, provider_id: str = "") -> None:
        """Put a message of ours into the transcript, as the outbox does."""
        mind_manners(reply)
        self.said.append(reply)
        message_id = self._written(reply.role, reply.text, reply.as_json(), reply.question_id)
        if provider_id:
            self.connection.execute(
                insert(provider_message).values(
                    channel=self.channel, provider_id=provider_id, message_id=message_id
                )
            )

    def questions(self) -> Sequence[Row[Any]]:
        """Return the questions on record, oldest first."""
        wanted = select(question).where(question.c.conversation_id == self.id)
        return self.connection.execute(wanted.order_by(question.c.id)).all()

    def states(self) -> list[str]:
        """Return their states."""
        return [row.state for row in self.questions()]

    def last_line(self) -> Row[Any]:
        """Return the last row of the transcript."""
        wanted = select(message).where(message.c.conversation_id == self.id)
        return self.connection.execute(wanted.order_by(message.c.seq.desc())).all()[0]

    def _accepted(self, event: Incoming) -> Pending:
        self._seq += 1
        body = {"attachments": [{"kind": a.kind, "url": a.url} for a in event.attachments]}
        message_id = self._written("citizen", event.text, body)
        return Pending(self._seq, self._seq, message_id, event, self.now)

    def _written(
        self, role: str, text: str, body: Mapping[str, Any], question_id: int | None = None
    ) -> int:
        line = self.connection.execute(
            update(conversation)
            .where(conversation.c.id == self.id)
            .values(message_seq=conversation.c.message_seq + 1)
            .returning(conversation.c.message_seq)
        ).scalar_one()
        written = self.connection.execute(
            insert(message).values(
                conversation_id=self.id,
                seq=line,
                role=role,
                text=text,
                body=body,
                question_id=question_id,
                at=self.now,
            )
        )
        return int(written.inserted_primary_key[0])  # type: ignore[index]

    def _turn(self) -> Turn:
        return Turn(
            conversation_id=self.id,
            channel=self.channel,
            address="a",
            state=self.state,
            silent_until=self.silent_until,
            barred_until=self.barred_until,
            pending=tuple(self._held),
        )
