"""The stories played out, one action after the other, up to the present."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from bot.clock import WorkCalendar
from bot.demo.people import Chat, Desks, latest_question
from bot.demo.simulation import Agenda, between, in_office_hours
from bot.demo.stories import Course, Story
from bot.office.office import Deed
from bot.questions.life import Act, State
from bot.questions.notices import Refusal

#: pressed, where it is offered, by a citizen whom the assistant did not hand over of itself
_TO_OFFICER = ("#x:nothelped", "#x:none", "#x:officer")
_IN_WORDS = "gặp cán bộ"
_IN_FULL = "Dạ, việc này trễ hẹn rồi, nộp ở bộ phận một cửa xã từ tháng trước: {matter}"
_AT_DESK = (State.QUEUED, State.TRANSFERRED, State.REOPENED)
_CALM = timedelta(minutes=40)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """The time in which the answers of a month's list are given."""

    start: datetime
    end: datetime


@dataclass
class Performance:
    """Plays stories: citizens through the chat, officers at their desks."""

    agenda: Agenda
    chat: Chat
    desks: Desks
    calendar: WorkCalendar
    codes: dict[str, str] = field(default_factory=dict)

    def plan(self, stories: Iterable[Story], months: dict[str, Span]) -> None:
        """Put every story on the agenda; a matter that others asked before follows theirs."""
        answered: dict[str, datetime] = {}
        for number, story in enumerate(stories):
            span = months[story.month]
            answered[story.id] = answered.get(story.same_as) or self._answered(story, number, span)
            written = self._written(answered[story.id], number)
            if story.course is Course.CHAT:
                written = min(written + _DAY, span.end)
            opening = partial(self.open, story, answered[story.id])
            self.agenda.at(max(written, span.start), opening)

    def _answered(self, story: Story, number: int, span: Span) -> datetime:
        """Return when the agency answers: within office hours, not all at the stroke of seven."""
        planned = between(span.start, span.end, story.share)
        opening = in_office_hours(self.calendar, planned, span.end)
        return min(opening + timedelta(minutes=number * 37 % 200), span.end)

    def _written(self, answered: datetime, number: int) -> datetime:
        """Return when the citizen wrote: some days before, between breakfast and bedtime."""
        day = self.calendar.local(answered) - _DAY * (1 + number % 3)
        return day.replace(hour=6 + number * 5 % 16, minute=number * 23 % 60)

    async def open(self, story: Story, answered: datetime) -> None:
        """Let the citizen write, and plan what follows."""
        key = await self.chat.open(story.id)
        conversation = 0
        for text in story.says:
            conversation = await self.chat.say(key, text)
        for payload in story.presses:
            await self.chat.press(key, payload)
        if story.course is Course.CHAT:
            return
        code = await self._reach_desk(story, key, conversation)
        if code is None:
            return
        self.codes[story.id] = code
        row = await latest_question(self.desks.store, conversation)
        if row is not None:
            await self.desks.hand_to(code, story.agency, row.agency)
        earlier = 3 if story.course is Course.SAME else 1
        self.agenda.at(answered - earlier * _CALM, partial(self._work, story, key, code))

    async def _reach_desk(self, story: Story, key: str, conversation: int) -> str | None:
        """Press on until the question lies at an agency's desk; return its code."""
        for payload in _TO_OFFICER:
            if code := await self._code_at_desk(conversation):
                return code
            await self.chat.press(key, payload)
        if code := await self._code_at_desk(conversation):
            return code
        for text in (_IN_WORDS, _IN_FULL.format(matter=story.says[-1])):
            await self.chat.say(key, text)
            if code := await self._code_at_desk(conversation):
                return code
        return None

    async def _code_at_desk(self, conversation: int) -> str | None:
        """Return the code of a question that a desk may answer and pass on as any other."""
        row = await latest_question(self.desks.store, conversation)
        return str(row.code) if row and row.state in _AT_DESK and not row.sealed else None

    async def _work(self, story: Story, key: str, code: str) -> None:
        """Let the agency do what the story says."""
        drafter = self.desks.drafter(story.agency)
        if story.course is Course.QUEUE:
            return
        if story.course is Course.SAME:
            if first := self.codes.get(story.same_as):
                await self.desks.do(drafter, code, Deed(Act.MERGE, into=first))
            return
        await self.desks.do(drafter, code, Deed(Act.CLAIM))
        if story.course is Course.WAIT:
            await self.desks.do(drafter, code, Deed(Act.ASK, text=story.reply))
        elif story.course is Course.REFUSE:
            deed = Deed(Act.REFUSE, reason=str(Refusal.OTHER), text=story.reply)
            await self.desks.do(self.desks.leader(story.agency), code, deed)
        else:
            await self.desks.do(drafter, code, Deed(Act.DRAFT, text=story.reply))
            if story.course is not Course.DRAFT:
                self.agenda.after(_CALM, partial(self._send, story, key, code))

    async def _send(self, story: Story, key: str, code: str) -> None:
        leader = self.desks.leader(story.agency)
        await self.desks.do(leader, code, Deed(Act.APPROVE, then_send=True))
        if story.lesson:
            await self.desks.teach(leader, code, story.lesson, self.agenda.clock())
        self.agenda.after(_CALM, partial(self._respond, story, key, code))

    async def _respond(self, story: Story, key: str, code: str) -> None:
        """Let the citizen say how it was, and what may be done with it."""
        if story.course is Course.REOPEN:
            await self.chat.press(key, f"#x:wrong:{code}")
            await self.chat.say(key, "Dạ chưa đúng ý tôi, tôi hỏi chỗ khác kìa.")
            return
        if not story.rating:
            return
        await self.chat.press(key, f"#x:clear:{code}")
        await self.chat.press(key, f"#x:rate:{story.rating}")
        if story.rating < 3:
            await self.chat.press(key, f"#x:publish:{'yes' if story.publish else 'no'}")
            if story.air:
                await self.chat.press(key, f"#x:air:{story.air}")
