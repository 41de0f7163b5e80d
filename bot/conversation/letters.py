"""Messages about questions: receipts, their state, an officer's answer, rating and consent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.conversation.acts import Receipt
from bot.conversation.cards import cut
from bot.conversation.days import date_in_figures, day_in_words, hour_in_words
from bot.conversation.payloads import payload
from bot.conversation.replies import numbered
from bot.conversation.world import Asked, Manner, World
from bot.messages import Button, Outgoing, Purpose
from bot.questions.codes import spoken_groups
from bot.questions.life import State
from bot.reach.roads import Road
from bot.reach.windows import RULES, has_window, window
from bot.wording import Wording
from knowledge.decisions import MatterKind

MOST_LISTED = 4


@dataclass(frozen=True, slots=True)
class Filed:
    """A question that is on record, as its receipt needs it. `key` is known only at opening."""

    id: int
    code: str
    agency: str
    due_at: datetime | None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who vouches for an officer's answer, as the citizen reads it."""

    signer: str
    on: date
    basis: str = ""
    phone: str = ""
    #: false where the writer's own word is enough: nobody "approved" it then
    approved: bool = True


def receipt(world: World, asked_for: Receipt, filed: Filed) -> Outgoing:
    """Return the receipt of a question: code, agency, hour, and until when the answer comes."""
    said = world.wording
    today = world.local_now.date()
    lines = [
        said(
            asked_for.wording,
            agency=world.name_of(filed.agency or asked_for.agency),
            hour=hour_in_words(world.local_now),
            day=day_in_words(today, today),
        ),
        said("receipt.code", code=spoken_groups(filed.code)),
    ]
    if filed.due_at is not None:
        due = world.calendar.local(filed.due_at).date()
        lines.append(said("receipt.due", day=day_in_words(due, today)))
    closes = _closes_first(world, filed)
    if closes:
        days = RULES[world.channel].possible.days
        lines.append(said(f"receipt.window.{world.channel}", days=days))
    lines += _closed_line(world)
    if filed.agency in world.crowded:
        lines.append(said("receipt.crowded"))
    if link := status_link(world.manner, world.channel, filed.code, filed.key):
        lines.append(said("receipt.link", link=link))
    text = "\n".join(lines)
    return Outgoing(
        f"{asked_for.before}\n\n{text}" if asked_for.before else text,
        buttons=(
            *asked_for.buttons,
            *(road_buttons(world, filed.code) if closes else ()),
            Button(said("button.status"), payload("status", filed.code)),
        ),
        purpose=Purpose.RECEIPT,
        decision=asked_for.decision,
        question_id=filed.id,
    )


def road_buttons(world: World, code: str) -> tuple[Button, ...]:
    """Return a button for each road an answer can come by, writing again first."""
    roads = (Road.AGAIN, Road.CALL, *([Road.TEMPLATE] if world.manner.template_to else []))
    return tuple(Button(world.wording(f"button.road.{r}"), payload(str(r), code)) for r in roads)


def status_link(manner: Manner, channel: str, code: str, key: str) -> str:
    """Return the asker's link; empty where the citizen could not open it."""
    if not key or not (manner.public_url or channel == "web"):
        return ""
    return f"{manner.public_url.rstrip('/')}/tra-cuu/{code}?k={key}"


def status_line(world: World, asked: Asked) -> str:
    """Return one line on where a question stands: state, agency, date; never its text."""
    today = world.local_now.date()
    day = asked.answered_at or asked.due_at
    moment = world.calendar.local(day).date() if day else None
    state = world.wording(
        f"state.{asked.state}",
        agency=world.name_of(asked.agency),
        day=day_in_words(moment, today) if moment else "",
    )
    late = asked.is_open and asked.due_at is not None and asked.due_at < world.now
    line = world.wording("status.one", code=spoken_groups(asked.code), state=state)
    if late:
        return f"{line} {world.wording('status.late')}"
    if asked.is_open and moment:
        return f"{line} {world.wording('status.due', day=day_in_words(moment, today))}"
    return line


def status_message(world: World, asked: Asked) -> Outgoing:
    """Return where one question stands."""
    buttons: tuple[Button, ...] = ()
    if asked.own and asked.is_open:
        buttons = (
            Button(world.wording("button.more"), payload("more", asked.code)),
            Button(world.wording("button.withdraw"), payload("withdraw", asked.code)),
        )
    if buttons and has_window(world.channel):
        buttons += (Button(world.wording("button.roads"), payload("roads", asked.code)),)
    text = world.wording("status", line=status_line(world, asked))
    return Outgoing(text, buttons=buttons, question_id=asked.id if asked.own else None)


def status_list(world: World, questions: Sequence[Asked], act: str = "status") -> Outgoing:
    """Return the citizen's questions, each with a button for `act`."""
    shown = questions[:MOST_LISTED]
    listed = numbered(status_line(world, asked) + _reminder(asked) for asked in shown)
    return Outgoing(
        world.wording(f"list.{act}", count=len(questions), listed=listed),
        buttons=tuple(
            Button(spoken_groups(asked.code), payload(act, asked.code)) for asked in shown
        ),
    )


def progress_message(world: World, until: datetime) -> Outgoing:
    """Return the one word before a window ends: where the open questions stand."""
    asked = world.open_questions[:MOST_LISTED]
    lines = "\n".join(status_line(world, each) for each in asked)
    waiting = Button(world.wording("button.waiting"), payload("waiting", asked[0].code))
    return Outgoing(
        world.wording("progress" if len(asked) == 1 else "progress.many", lines=lines),
        (waiting,),
        purpose=Purpose.NOTICE,
        question_id=asked[0].id if len(asked) == 1 else None,
        until=until,
    )


def answer_message(
    wording: Wording, code: str, answer: str, signed: Signature, question_id: int | None = None
) -> Outgoing:
    """Return an officer's answer: which question, the words, basis, who vouches, whom to call."""
    lines = [wording("answer.title", code=spoken_groups(code)), answer.strip()]
    if signed.basis:
        lines.append(wording("answer.basis", basis=signed.basis))
    day = date_in_figures(signed.on)
    role = "approver" if signed.approved else "writer"
    lines.append(wording(f"answer.{role}", signer=signed.signer, day=day))
    if signed.phone:
        lines.append(wording("answer.phone", phone=signed.phone))
    return Outgoing(
        "\n".join(lines),
        buttons=(
            Button(wording("button.clear"), payload("clear", code)),
            Button(wording("button.more"), payload("more", code)),
            Button(wording("button.wrong"), payload("wrong", code)),
        ),
        purpose=Purpose.OFFICER,
        role="officer",
        question_id=question_id,
    )


def held_message(wording: Wording) -> Outgoing:
    """Return the holding reply for a message that was put aside after failing too often."""
    return Outgoing(wording("held"), purpose=Purpose.NOTICE)


def dropped_message(wording: Wording) -> Outgoing:
    """Return what a citizen reads whose picture showed an identity paper."""
    return Outgoing(wording("identity.dropped"), purpose=Purpose.NOTICE, decision="smalltalk")


def rating_message(wording: Wording, question_id: int | None) -> Outgoing:
    """Return the question of how the answer was."""
    buttons = tuple(
        Button(wording(f"button.rate{score}"), payload("rate", str(score))) for score in (1, 2, 3)
    )
    return Outgoing(wording("rating"), buttons=buttons, question_id=question_id)


def consent_to_publish(wording: Wording, question_id: int | None) -> Outgoing:
    """Ask for the use "publish": on the page of questions and answers, without the name."""
    buttons = (
        Button(wording("button.agree"), payload("publish", "yes")),
        Button(wording("button.disagree"), payload("publish", "no")),
    )
    return Outgoing(wording("consent.publish"), buttons=buttons, question_id=question_id)


def consent_to_air(wording: Wording, question_id: int | None) -> Outgoing:
    """Ask for the uses "air" and "name": in the monthly segment, with or without the name."""
    buttons = (
        Button(wording("button.air_hidden"), payload("air", "hidden")),
        Button(wording("button.air_named"), payload("air", "named")),
        Button(wording("button.disagree"), payload("air", "no")),
    )
    return Outgoing(wording("consent.air"), buttons=buttons, question_id=question_id)


def _closes_first(world: World, filed: Filed) -> bool:
    """Whether the channel may close before the answer is due."""
    found = window(world.channel, world.now)
    return found is not None and filed.due_at is not None and not found.is_open(filed.due_at)


def _closed_line(world: World) -> list[str]:
    if world.calendar.is_open(world.now):
        return []
    opening = world.calendar.next_opening(world.now)
    day = day_in_words(opening.date(), world.local_now.date())
    return [world.wording("receipt.closed", hour=hour_in_words(opening), day=day)]


def _reminder(asked: Asked) -> str:
    """Return the first words of a question, so that its asker knows which it is."""
    if not asked.own or not asked.text or asked.matter is MatterKind.DENUNCIATION:
        return ""
    return f" (“{cut(asked.text, 40)}”)"


def is_answered(asked: Asked) -> bool:
    """Whether an officer's or automatic answer has been given."""
    return asked.state in (State.ANSWERED, State.RATED, State.AUTO_ANSWERED)
