"""A crowd that writes to three channels at a given pace: what each wrote, and what came of it."""

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from aiohttp import ClientError, ClientResponse, ClientSession

from bench.service import home
from handlers.telegram.webhook import HEADER
from handlers.webchat.channel import NAME, address_of
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.zalo.server import FakeZalo
from tests.fakes.zalo.webhooks import signed

#: each is answered alone by the starter knowledge
QUESTIONS = (
    "Dạ cho hỏi làm khai sinh cho bé cần giấy gì ạ",
    "Làm giấy xác nhận tình trạng hôn nhân hết bao nhiêu tiền vậy",
    "Khai tử cho người nhà thì nộp ở đâu ạ",
    "Thủ tục cấp lại thẻ căn cước cần giấy tờ gì",
    "Đăng ký hộ kinh doanh cần giấy tờ gì ạ",
    "Xin cấp giấy phép lái xe bị mất cần giấy gì",
)
#: each goes to an agency and is confirmed by a receipt
FEEDBACK = (
    "Đèn đường hẻm 51 phường {} hỏng cả tuần nay, tối đi rất nguy hiểm, mong xử lý giúp",
    "Tôi phản ánh rác đổ trộm đầu hẻm ở phường {}, mùi hôi mấy ngày nay không ai dọn",
    "Phản ánh quán karaoke hát quá khuya ở phường {} làm cả xóm mất ngủ",
    "Kiến nghị sửa đoạn đường ổ gà trước trường tiểu học phường {}, xe máy té hoài",
    "Nước máy khu tôi ở phường {} đục cả tuần, đề nghị kiểm tra giúp",
)
WARDS = ("Ninh Kiều", "Cái Răng", "Bình Thủy", "Ô Môn", "Thốt Nốt")
#: after so long nobody looks at the page any more
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Stage:
    """So many seconds at so many messages a second."""

    seconds: float
    per_second: float


@dataclass(slots=True)
class Written:
    """One citizen's message by the clock of the machine; `address` as the service knows it."""

    channel: str
    address: str
    at: float
    #: seconds until the service had answered, and with which status
    accepted: float = 0.0
    status: int = 0
    #: when the first reply was on the citizen's screen
    shown: float | None = None


class Citizens(Protocol):
    """Everybody who writes on one channel."""

    async def write(self, http: ClientSession, service: str, number: int, text: str) -> Written:
        """Let the n-th citizen write."""

    def screens(self) -> Mapping[str, float]:
        """Return when each citizen's first reply was shown, by address."""


def arrivals(stages: Sequence[Stage]) -> list[float]:
    """Return the seconds at which somebody writes, evenly within each stage."""
    found, start = list[float](), 0.0
    for stage in stages:
        many = round(stage.seconds * stage.per_second)
        found += [start + number / stage.per_second for number in range(many)]
        start += stage.seconds
    return found


def text_of(number: int) -> str:
    """Return what the n-th citizen of a channel writes: by turns a question and feedback."""
    turn, is_feedback = divmod(number, 2)
    if not is_feedback:
        return QUESTIONS[turn % len(QUESTIONS)]
    return FEEDBACK[turn % len(FEEDBACK)].format(WARDS[turn // len(FEEDBACK) % len(WARDS)])


@dataclass(slots=True)
class OnZalo:
    """Citizens on Zalo."""

    fake: FakeZalo

    async def write(self, http: ClientSession, service: str, number: int, text: str) -> Written:
        """Let the n-th citizen write; the fake learns of it first, as Zalo would."""
        user = f"88{number:017}"
        event = self.fake.webhooks.said(user, text)
        self.fake.chats.wrote(user, event["message"]["msg_id"], text)
        raw, headers = signed(self.fake.account, event)
        written = Written("zalo", user, time.time())
        return await _post(http, f"{service}/webhooks/zalo", raw, headers, written)

    def screens(self) -> Mapping[str, float]:
        """Return when each citizen's first reply was shown, by the provider's own log."""
        return _first(self.fake.chats.deliveries(), "user")


@dataclass(slots=True)
class OnTelegram:
    """Citizens on Telegram."""

    fake: FakeTelegram

    async def write(self, http: ClientSession, service: str, number: int, text: str) -> Written:
        """Let the n-th citizen write; the fake learns of it first, as Telegram would."""
        chats, user = self.fake.chats, 5_100_000_000 + number
        chats.people[user] = "Công dân"
        said = chats.written(user, chats.person(user), text=text)
        update = {"update_id": 900_000_000 + number, "message": said}
        headers = {"Content-Type": "application/json", HEADER: self.fake.account.secret}
        written = Written("telegram", str(user), time.time())
        return await _post(
            http, f"{service}/webhooks/telegram", json.dumps(update).encode(), headers, written
        )

    def screens(self) -> Mapping[str, float]:
        """Return when each citizen's first reply was shown, by the provider's own log."""
        return _first(self.fake.chats.deliveries(), "chat")


@dataclass(slots=True)
class OnTheWeb:
    """Citizens at the page, each with a stream of what is said, as a browser has it."""

    _shown: dict[str, float] = field(default_factory=dict)
    _reading: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def write(self, http: ClientSession, service: str, number: int, text: str) -> Written:
        """Let the n-th citizen open a conversation, look at it and write."""
        api, headers = f"{service}/api/v1", {"X-Forwarded-For": home(number)}
        async with http.post(f"{api}/conversations", headers=headers) as opened:
            token = (await opened.json())["conversation"]
        stream = await http.get(f"{api}/chat/{token}/events", headers=headers)
        body = {"conversation": token, "client_id": "1", "text": text}
        raw = json.dumps(body, ensure_ascii=False).encode()
        headers["Content-Type"] = "application/json"
        written = Written(NAME, address_of(token), time.time())
        task = asyncio.create_task(self._read(stream, written.address))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)
        return await _post(http, f"{api}/chat", raw, headers, written)

    def screens(self) -> Mapping[str, float]:
        """Return when each citizen's first reply was on the page."""
        return self._shown

    async def _read(self, stream: ClientResponse, address: str) -> None:
        """Look at the page until the assistant says something."""
        with suppress(ClientError, TimeoutError):
            async with stream, asyncio.timeout(PATIENCE):
                async for line in stream.content:
                    if line.startswith(b"data:") and json.loads(line[5:])["role"] != "citizen":
                        self._shown[address] = time.time()
                        return


@dataclass(slots=True)
class Crowd:
    """Everybody on every channel; `cycle` says whose turn it is to write."""

    people: Mapping[str, Citizens]
    cycle: Sequence[str]
    #: by how many seconds it fell behind its pace at worst
    late: float = 0.0

    async def write(
        self, http: ClientSession, service: str, stages: Sequence[Stage]
    ) -> list[Written]:
        """Write at the pace of the stages, whatever the answers take, and wait for the replies."""
        begun, tasks, numbers = time.time(), list[asyncio.Task[Written]](), Counter[str]()
        for at, channel in zip(arrivals(stages), itertools.cycle(self.cycle), strict=False):
            await asyncio.sleep(max(0.0, begun + at - time.time()))
            self.late = max(self.late, time.time() - begun - at)
            number = numbers[channel]
            numbers[channel] += 1
            one = self.people[channel].write(http, service, number, text_of(number))
            tasks.append(asyncio.create_task(one))
        written = await asyncio.gather(*tasks)
        await self._answered(written)
        seen = {name: citizens.screens() for name, citizens in self.people.items()}
        for each in written:
            each.shown = seen[each.channel].get(each.address)
        return written

    async def _answered(self, written: Sequence[Written]) -> None:
        """Wait until everybody has a reply, or has gone."""
        patience, left = time.time() + PATIENCE, list(written)
        while left and time.time() < patience:
            await asyncio.sleep(0.5)
            seen = {name: citizens.screens() for name, citizens in self.people.items()}
            left = [each for each in left if each.address not in seen[each.channel]]


async def _post(
    http: ClientSession, url: str, raw: bytes, headers: Mapping[str, str], written: Written
) -> Written:
    begun = time.perf_counter()
    with suppress(ClientError, TimeoutError):  # status 0: nobody answered
        async with http.post(url, data=raw, headers=headers) as answer:
            await answer.read()
            written.status = answer.status
    written.accepted = time.perf_counter() - begun
    return written


def _first(deliveries: Sequence[Mapping[str, Any]], who: str) -> Mapping[str, float]:
    """Return the moment of each person's first delivery."""
    found: dict[str, float] = {}
    for line in deliveries:
        found.setdefault(str(line[who]), datetime.fromisoformat(line["at"]).timestamp())
    return found
