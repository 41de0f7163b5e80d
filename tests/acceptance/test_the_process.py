"""The service as a process: how it starts, stops, keeps quiet about citizens, and is backed up."""

import json
import shutil
import signal
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from bot.store.lock import DatabaseLock
from tests.acceptance.process import Process, command, environment, serving
from tests.acceptance.service import Citizen

pytestmark = pytest.mark.asyncio(loop_scope="module")
with_module = partial(pytest_asyncio.fixture, loop_scope="module")

PHONE, IDENTITY, NAME = "0912 345 678", "089095012345", "Nguyễn Văn Bí Mật"
APP_SECRET, OA_SECRET = "AppSecretForThisTest", "OaSecretForThisTest"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("process")


@with_module(scope="module")
async def process(module_database: str, folder: Path) -> AsyncIterator[Process]:
    env = environment(
        module_database,
        folder / "var",
        DANHOI_ZALO_APP_ID="1234567890123456789",
        DANHOI_ZALO_APP_SECRET=APP_SECRET,
        DANHOI_ZALO_OA_ID="2233445566778899001",
        DANHOI_ZALO_OA_SECRET=OA_SECRET,
        DANHOI_ZALO_API_BASE="http://127.0.0.1:9",
        DANHOI_ZALO_OAUTH_BASE="http://127.0.0.1:9",
    )
    async with serving(env) as running:
        yield running


@with_module()
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


async def test_nothing_a_citizen_wrote_and_no_secret_reaches_the_output(
    process: Process, session: ClientSession
) -> None:
    citizen = await Citizen(session, process.address).open()
    text = f"tôi tên {NAME} sđt {PHONE} cccd {IDENTITY}, đường trước nhà ngập hoài không ai sửa"
    receipt = (await citizen.say(text))[-1]
    key = receipt["text"].split("?k=")[-1].split()[0]
    code = receipt["question"]["code"]
    for path in (f"/tra-cuu/{code}?k={key}", f"/tra-cuu/{code}", f"/khong-co/{key}"):
        async with session.get(process.address + path):
            pass
    headers = {"X-ZEvent-Signature": f"mac={'0' * 64}", "Authorization": f"Bearer {key}"}
    body = json.dumps({"event_name": "user_send_text", "message": {"text": text}})
    async with session.post(f"{process.address}/webhooks/zalo", data=body, headers=headers):
        pass
    secrets = (PHONE, IDENTITY, NAME, text[-20:], key, code, citizen.conversation)
    assert [s for s in (*secrets, APP_SECRET, OA_SECRET) if s in process.output] == []


async def test_passwords_of_demonstration_officers_are_not_printed(
    process: Process, folder: Path
) -> None:
    accounts = folder / "var" / "demo-accounts.txt"
    passwords = [line.split("\t")[1] for line in accounts.read_text().splitlines() if line]
    assert accounts.stat().st_mode & 0o077 == 0
    assert [password for password in passwords if password in process.output] == []
    assert str(accounts) in process.output


async def test_a_second_service_on_the_same_file_is_refused(
    database_file: Path, tmp_path: Path
) -> None:
    with DatabaseLock(database_file):  # as the first holds it
        url = f"sqlite:///{database_file}"
        status, output = await command(["serve"], environment(url, tmp_path))
    assert status == 1
    assert "used by another service" in output
    assert "Traceback" not in output


async def test_a_live_service_is_backed_up_and_restored(
    process: Process, session: ClientSession, folder: Path
) -> None:
    citizen = await Citizen(session, process.address).open()
    code = (await citizen.say("đèn đường trước nhà hư mấy tuần không ai sửa"))[-1]["question"][
        "code"
    ]
    archive = str(folder / "copy.tar.gz")
    assert (await command(["backup", archive], process.environment))[0] == 0
    elsewhere = environment(f"sqlite:///{folder}/new/danhoi.db", folder / "new")
    status, output = await command(["restore", archive], elsewhere)
    assert status == 0, output
    async with serving(elsewhere) as restored:
        path = f"{restored.address}/api/v1/chat/{citizen.conversation}"
        async with session.get(path) as answer:
            messages = (await answer.json())["messages"]
    assert code in [message["question"]["code"] for message in messages if message["question"]]


async def test_open_streams_do_not_hold_up_the_shutdown(
    folder: Path, session: ClientSession
) -> None:
    shutil.copy(folder / "copy.tar.gz", folder / "again.tar.gz")
    env = environment(f"sqlite:///{folder}/stop/danhoi.db", folder / "stop")
    await command(["restore", str(folder / "again.tar.gz")], env)
    async with serving(env) as running:
        citizen = await Citizen(session, running.address).open()
        path = f"{running.address}/api/v1/chat/{citizen.conversation}/events"
        async with session.get(path) as stream:
            assert stream.status == 200
            assert await running.stop(signal.SIGTERM) == 0
    assert "Traceback" not in running.output
