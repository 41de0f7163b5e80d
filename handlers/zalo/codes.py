"""Every error code of the API, what it means and what we make of it.

Errors come as HTTP 200 with `error` below zero; the number decides, never the text.
https://docs.zaloplatforms.com/docs/OA/phu-luc/ma-loi
"""

from dataclasses import dataclass
from enum import Enum
from random import uniform

from bot.channels import (
    ChannelMisconfigured,
    ChannelUnavailable,
    MessageRefused,
    RateLimited,
    RecipientGone,
    SendError,
    WindowClosed,
)


class Cure(Enum):
    """What may help at once, tried one single time within the same sending."""

    NOTHING = "nothing"
    NEW_TOKEN = "a new access token"  # noqa: S105 - not a token
    NO_QUOTE = "leaving the quote out"
    AGAIN = "trying again"
    UPLOAD = "uploading it again"


@dataclass(frozen=True, slots=True)
class Code:
    """One row of the table. `wait` is how many seconds later another try makes sense."""

    error: type[SendError]
    meaning: str
    cure: Cure = Cure.NOTHING
    wait: float = 0.0


_HOUR = 3600.0

CODES: dict[int, Code] = {
    -32: Code(RateLimited, "too many requests this minute", wait=20),
    -100: Code(MessageRefused, "the uploaded file has expired", Cure.UPLOAD),
    -124: Code(ChannelMisconfigured, "the token is not accepted", Cure.NEW_TOKEN),
    -200: Code(MessageRefused, "sending failed", Cure.AGAIN),
    -201: Code(MessageRefused, "a parameter is invalid", Cure.NO_QUOTE),
    -204: Code(ChannelMisconfigured, "the Official Account is disabled"),
    -205: Code(ChannelMisconfigured, "the Official Account does not exist"),
    -209: Code(ChannelMisconfigured, "the app is not activated"),
    -210: Code(MessageRefused, "a parameter is over its limit"),
    -211: Code(ChannelMisconfigured, "the quota of this function is used up"),
    -212: Code(ChannelMisconfigured, "the app has not registered this API"),
    -213: Code(RecipientGone, "the citizen does not follow the account"),
    -214: Code(ChannelUnavailable, "the article is still being processed", wait=15),
    -215: Code(ChannelMisconfigured, "the app id is invalid"),
    -216: Code(ChannelMisconfigured, "the access token is invalid", Cure.NEW_TOKEN),
    -217: Code(RecipientGone, "the citizen blocked the account"),
    -218: Code(ChannelUnavailable, "the citizen's receiving limit is reached", wait=_HOUR),
    -219: Code(ChannelMisconfigured, "the app was removed or disabled"),
    -220: Code(ChannelMisconfigured, "the access token has expired", Cure.NEW_TOKEN),
    -221: Code(ChannelMisconfigured, "the Official Account is not verified"),
    -223: Code(ChannelMisconfigured, "the account has not granted this to the app"),
    -224: Code(ChannelMisconfigured, "the account's package does not include this"),
    -227: Code(RecipientGone, "the citizen's account is banned or inactive"),
    -230: Code(WindowClosed, "the citizen has not written for 7 days"),
    -232: Code(WindowClosed, "the citizen never wrote, or too long ago"),
    -233: Code(MessageRefused, "this type of message is not supported"),
    -234: Code(ChannelUnavailable, "not at night", wait=_HOUR),
    -235: Code(ChannelMisconfigured, "not for this type of account"),
    -237: Code(MessageRefused, "the group is disabled or expired"),
    -238: Code(MessageRefused, "the asset was used already"),
    -240: Code(ChannelMisconfigured, "this API was shut down"),
    -241: Code(MessageRefused, "the asset was used already"),
    -242: Code(ChannelMisconfigured, "the appsecret_proof is wrong"),
    -244: Code(RecipientGone, "the citizen declines this type of message"),
    -248: Code(MessageRefused, "the content breaks Zalo's rules"),
    -249: Code(ChannelMisconfigured, "the template cannot be sent by user id"),
    -305: Code(WindowClosed, "outside the window of 48 hours"),
    -311: Code(WindowClosed, "too many messages in the window"),
    -320: Code(ChannelMisconfigured, "no billing account is linked"),
    -321: Code(ChannelMisconfigured, "the billing account is empty"),
    -403: Code(MessageRefused, "the account is not in the group"),
}

#: what happens to the message, in words; `table` shows them
FATES: dict[type[SendError], str] = {
    RateLimited: "wait: the whole channel slows down, then retry",
    ChannelUnavailable: "retry, slower each time",
    ChannelMisconfigured: "alert, retry every two minutes until an administrator has repaired it",
    WindowClosed: "wait until the citizen writes",
    RecipientGone: "give up; an officer's answer waits until the citizen writes",
    MessageRefused: "give up, tell the officer",
}


def table() -> str:
    """Return the codes as the guide shows them."""
    head = "| code | meaning | error | tried at once | then |"
    rows = [
        f"| {number} | {code.meaning} | {code.error.__name__} | {code.cure.value} "
        f"| {FATES[code.error]} |"
        for number, code in CODES.items()
    ]
    return "\n".join([head, "|---|---|---|---|---|", *rows])


#: token errors were also seen without their sign, and once as an HTTP status
_TOKEN_CODES = {216: -216, 220: -220, 124: -124, 401: -216}
_UNKNOWN = Code(MessageRefused, "an error we do not know")


def code_of(number: int) -> Code:
    """Return the row of a code; an unknown one will not go away by repeating."""
    return CODES.get(_TOKEN_CODES.get(number, number), _UNKNOWN)


def failure(number: int) -> SendError:
    """Return the error a code stands for, in our words: Zalo's may quote the message."""
    code = code_of(number)
    message = f"{number}: {code.meaning}"
    if code.error is RateLimited:
        return RateLimited(code.wait * uniform(0.75, 1.5), message)  # noqa: S311 - spreads load
    error = code.error(message)
    if code.wait:
        error.retry_after = code.wait
    return error
