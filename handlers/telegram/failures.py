"""How the Bot API says no, what it means and what we make of it: one table, also in the guide.

https://core.telegram.org/bots/api#making-requests
"""

from dataclasses import dataclass

from telegram.error import TelegramError

from bot.channels import (
    ChannelMisconfigured,
    ChannelUnavailable,
    MessageRefused,
    OutcomeUnknown,
    RateLimited,
    RecipientGone,
    SendError,
)

#: where a flood wait is asked for without saying how long
_DEFAULT_WAIT = 30.0


class NotSent(TelegramError):
    """No connection came about: nothing went out."""


class NoAnswer(TelegramError):
    """The request went out and no readable answer came."""


class Refusal(TelegramError):
    """The API answered with an error."""

    def __init__(
        self, status: int, description: str, wait: float | None = None, moved_to: int | None = None
    ) -> None:
        super().__init__(f"{status} {description}")
        self.status = status
        self.description = description
        #: seconds, where Telegram says how long to wait
        self.wait = wait
        #: the group's new id, where it became a supergroup
        self.moved_to = moved_to


@dataclass(frozen=True, slots=True)
class Failure:
    """One row: a status (or the hundreds it belongs to), words of the description, our error."""

    status: str
    says: str
    error: type[SendError]
    meaning: str

    def fits(self, refusal: Refusal) -> bool:
        """Whether an answer is of this row."""
        status = str(refusal.status)
        is_status = status == self.status or self.status == f"{status[0]}xx"
        return is_status and self.says in refusal.description.lower()


#: the first row that fits counts
FAILURES: tuple[Failure, ...] = (
    Failure("429", "", RateLimited, "too many messages: wait as long as Telegram says"),
    Failure("401", "", ChannelMisconfigured, "the token is not accepted, or was revoked"),
    Failure("404", "", ChannelMisconfigured, "the token is malformed, or no Bot API is there"),
    Failure("409", "", ChannelMisconfigured, "another program takes this bot's updates"),
    Failure("403", "blocked by the user", RecipientGone, "the citizen blocked the bot"),
    Failure("403", "user is deactivated", RecipientGone, "the citizen's account is gone"),
    Failure("403", "can't initiate", RecipientGone, "the citizen never wrote to the bot"),
    Failure("403", "kicked", RecipientGone, "the bot was removed from the group"),
    Failure("403", "not a member", RecipientGone, "the bot is no longer in the group"),
    Failure("403", "", RecipientGone, "the bot may not write there"),
    Failure("400", "chat not found", RecipientGone, "there is no such chat any more"),
    Failure("400", "not enough rights", RecipientGone, "the bot may not write in this group"),
    Failure("400", "have no rights", RecipientGone, "the bot may not write in this group"),
    Failure("400", "upgraded to a supergroup", MessageRefused, "the group has a new id"),
    Failure("400", "message is too long", MessageRefused, "the text is over 4,096 UTF-16 units"),
    Failure("400", "button", MessageRefused, "a button's data or address is not accepted"),
    Failure("400", "", MessageRefused, "the request is not accepted"),
    Failure("413", "", MessageRefused, "the request is too large"),
    Failure("408", "", OutcomeUnknown, "a gateway gave up waiting"),
    Failure("504", "", OutcomeUnknown, "a gateway gave up waiting"),
    Failure("5xx", "", ChannelUnavailable, "Telegram has trouble"),
    Failure("3xx", "", ChannelMisconfigured, "a redirect: no Bot API is there"),
    Failure("4xx", "", ChannelMisconfigured, "something in between refuses"),
)
_UNKNOWN = Failure("", "", OutcomeUnknown, "an answer nobody expects")


def failure_of(refusal: Refusal) -> Failure:
    """Return the row of an answer."""
    return next((row for row in FAILURES if row.fits(refusal)), _UNKNOWN)


def as_send_error(error: TelegramError) -> SendError:
    """Return the error a failure stands for, in our words: Telegram's may quote the message."""
    match error:
        case NotSent():
            return ChannelUnavailable("no connection to Telegram")
        case Refusal():
            row = failure_of(error)
            said = f"{error.status}: {row.meaning}"
            if row.error is RateLimited:
                return RateLimited(error.wait or _DEFAULT_WAIT, said)
            return row.error(said)
    return OutcomeUnknown("no answer from Telegram")


def table() -> str:
    """Return the rows as Markdown."""
    lines = ["| status | description contains | our error | meaning |", "|---|---|---|---|"]
    for row in FAILURES:
        says = f"`{row.says}`" if row.says else "anything else"
        lines.append(f"| {row.status} | {says} | `{row.error.__name__}` | {row.meaning} |")
    lines.append("| none | no connection | `ChannelUnavailable` | nothing went out |")
    lines.append("| none | no answer, or half of one | `OutcomeUnknown` | it may have arrived |")
    return "\n".join(lines)
