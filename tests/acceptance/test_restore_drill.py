"""The drill: a machine is lost, its last backup is put on another, and the province goes on.

Prints its steps with the seconds they took, as the log of the drill.
"""

import asyncio
import re
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.acceptance.process import ROOT, command, environment, serving
from tests.acceptance.service import Citizen
from tests.fakes.zalo.server import FakeZalo
from tests.handlers.zalo.samples import USER
from tests.handlers.zalo.waiting import until

COMPLAINTS = (
    "đèn đường trước nhà hư mấy tuần không ai sửa",
    "rác đầu hẻm chất đống hôi quá không ai dọn",
    "quán karaoke kế bên ồn tới nửa đêm chịu không nổi",
    "cống trước chợ nghẹt nước tràn ra đường",
)


@dataclass
class Log:
    """What the drill did, and how long each step took."""

    lines: list[str] = field(default_factory=list)
    _last: float = field(default_factory=time.perf_counter)

    def step(self, text: str) -> None:
        now = time.perf_counter()
        self.lines.append(f"{now - self._last:6.1f} s  {text}")
        self._last = now


@pytest.fixture
async def zalo(tmp_path: Path) -> AsyncIterator[FakeZalo]:
    fake = FakeZalo(tmp_path / "zalo.log")
    await fake.start()
    yield fake
    await fake.stop()


def machine(zalo: FakeZalo, folder: Path) -> dict[str, str]:
    """Return the environment of the service on a machine whose disk is `folder`."""
    account = zalo.account
    return environment(
        f"sqlite:///{folder}/danhoi.db",
        folder,
        DANHOI_SECRET_KEY="the key that lies in the safe, not in the backup",
        DANHOI_ZALO_APP_ID=account.app_id,
        DANHOI_ZALO_APP_SECRET=account.app_secret,
        DANHOI_ZALO_OA_ID=account.oa_id,
        DANHOI_ZALO_OA_SECRET=account.oa_secret,
        DANHOI_ZALO_REFRESH_TOKEN=account.refresh_token,
        DANHOI_ZALO_API_BASE=zalo.address,
        DANHOI_ZALO_OAUTH_BASE=zalo.address,
    )


@asynccontextmanager
async def at_work(zalo: FakeZalo, env: dict[str, str]) -> AsyncIterator[Citizen]:
    """Run the service, with somebody at the web chat and Zalo knowing the way."""
    async with serving(env) as process, ClientSession() as session:
        zalo.webhooks.url, zalo.webhooks.enabled = f"{process.address}/webhooks/zalo", True
        yield await Citizen(session, process.address).open()
        await process.stop(signal.SIGKILL)


async def ask(citizen: Citizen, number: int) -> str:
    """Ask what nobody answers by machine; return the code of the receipt."""
    told = await citizen.say(COMPLAINTS[number])
    code: str = next(each["question"]["code"] for each in told if each["question"])
    return code


async def is_known(citizen: Citizen, code: str) -> bool:
    async with citizen.session.get(f"{citizen.address}/tra-cuu/{code}") as answer:
        return answer.status == 200


async def consent(env: dict[str, str]) -> None:
    """Grant consent as an administrator does: open the link, paste the address one lands on."""
    words = ("-m", "bot", "consent", "--redirect", "https://danhoi.example/")
    asking = await asyncio.create_subprocess_exec(
        *(sys.executable, *words),
        cwd=ROOT,
        env=env,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert asking.stdout is not None
    told = (await asking.stdout.readline() + await asking.stdout.readline()).decode()
    link = re.search(r"http://\S+", told)
    assert link is not None, told
    async with ClientSession() as browser, browser.get(link[0], allow_redirects=False) as landed:
        address = landed.headers["Location"]
    output, _ = await asking.communicate(f"{address}\n".encode())
    assert asking.returncode == 0, output.decode()


@dataclass
class Drill:
    """Two machines, one backup, and what was asked before and after it."""

    zalo: FakeZalo
    folder: Path
    log: Log = field(default_factory=Log)
    before: list[str] = field(default_factory=list)
    after: str = ""

    def __post_init__(self) -> None:
        self.archive = self.folder / "nightly.tar.gz"
        self.lost = machine(self.zalo, self.folder / "lost")
        self.found = machine(self.zalo, self.folder / "new")
        (self.folder / "lost").mkdir()

    async def lose(self) -> None:
        """Take questions, make the backup, take one more, and lose the machine."""
        await command(["migrate"], self.lost)
        async with at_work(self.zalo, self.lost) as citizen:
            self.before = [await ask(citizen, number) for number in range(3)]
            self.log.step("machine 1: three questions taken")
            assert (await command(["backup", str(self.archive)], self.lost))[0] == 0
            self.log.step(f"machine 1: backed up alive, {self.archive.stat().st_size >> 10} kB")
            self.after = await ask(citizen, 3)
            await self.exchange("làm khai sinh cho con cần giấy gì", answers=1)
            self.log.step("machine 1: goes on; the refresh token in the backup is spent now")
        shutil.rmtree(self.folder / "lost")
        self.log.step("machine 1: killed, its disk is gone")

    async def restore(self) -> None:
        """Put the backup on the other machine and do what the doctor asks for."""
        status, told = await command(["restore", str(self.archive)], self.found)
        assert status == 0, told
        self.log.step("machine 2: restored")
        assert "must grant consent again" in await self.doctor()
        self.log.step("machine 2: doctor says that Zalo's consent must be granted again")
        assert (await command(["audit", "verify"], self.found))[0] == 0
        self.log.step("machine 2: every history verifies")
        await consent(self.found)
        assert "must grant consent again" not in await self.doctor()
        self.log.step("machine 2: consent granted, the doctor is content")

    async def go_on(self) -> None:
        """Serve again: what the backup held is known, what came after it is not."""
        async with at_work(self.zalo, self.found) as citizen:
            assert [await is_known(citizen, code) for code in self.before] == [True] * 3
            assert not await is_known(citizen, self.after)
            await self.exchange("cấp lại giấy khai sinh cần gì", answers=2)
            self.log.step("machine 2: answers web and Zalo; the question after the backup is lost")

    async def exchange(self, text: str, answers: int) -> None:
        self.zalo.say(USER, text)
        await until(lambda: len(self.zalo.chats.deliveries(USER)) >= answers)

    async def doctor(self) -> str:
        return (await command(["doctor"], self.found))[1]


@pytest.mark.long
async def test_a_lost_machine_is_replaced_from_its_backup(zalo: FakeZalo, tmp_path: Path) -> None:
    drill = Drill(zalo, tmp_path)
    await drill.lose()
    await drill.restore()
    await drill.go_on()
    sys.stdout.write("\nrestore drill\n" + "\n".join(drill.log.lines) + "\n")
