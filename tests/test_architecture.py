"""The shape of the code: small pieces, one way of imports, one door to the database."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted(
    path for folder in ("bot", "handlers", "knowledge") for path in (ROOT / folder).rglob("*.py")
)
LONGEST_FUNCTION = 45
LONGEST_FILE = 350


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_no_file_has_grown_into_two_things(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_no_function_is_longer_than_a_screen(path: Path) -> None:
    long = [f.name for f in functions(path) if (f.end_lineno or 0) - f.lineno >= LONGEST_FUNCTION]
    assert long == []


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_only_the_store_commits(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    commits = re.findall(r"\.(?:commit|rollback|begin_nested)\(", text)
    assert not commits or path.is_relative_to(ROOT / "bot" / "store")


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_no_module_is_called_after_nothing(path: Path) -> None:
    assert path.stem not in {"utils", "helpers", "common", "manager", "misc", "info"}


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_only_settings_read_the_environment(path: Path) -> None:
    allowed = {"bot/settings.py", "bot/delivery/crashpoints.py"}
    text = path.read_text(encoding="utf-8")
    assert named(path) in allowed or not re.search(r"os\.environ|os\.getenv", text)
