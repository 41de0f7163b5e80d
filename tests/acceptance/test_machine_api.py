"""The machine API keeps to its own description, whatever it is sent."""

import asyncio
import re
import sys
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.officers import Role
from tests.acceptance.process import environment, serving
from tests.acceptance.service import Running, employ

#: valid by its shape is not valid by its sense ("refuse" needs a text): that check is left out
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance,response_headers_conformance,negative_data_rejection"
)


@pytest.mark.long
async def test_no_request_breaks_the_machine_api(module_database: str, tmp_path: Path) -> None:
    async with serving(environment(module_database, tmp_path / "var")) as process:
        running = Running(process.address, module_database)
        async with ClientSession() as session:
            desk = await employ(running, session, "may", Role.OFFICER, "ct-xa")
        status, told = await fuzz(process.address, desk.token, tmp_path)
    cases = re.search(r"(\d+) generated", told)
    assert status == 0, told
    assert cases is not None
    assert int(cases[1]) > 100


async def fuzz(address: str, token: str, folder: Path) -> tuple[int, str]:
    """Send what the description allows and what it forbids; return the verdict and the report."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{address}/api/v1/openapi.json"),
        *("--checks", CHECKS, "--max-examples", "40", "--generation-deterministic"),
        *("--phases", "examples,coverage,fuzzing", "--exclude-path-regex", "/events$"),
        *("--header", f"Authorization: Bearer {token}", "--no-color"),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()
