"""What `make setup` installs is enough to run everything the project ships."""

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHIPPED = ("bot", "handlers", "knowledge")
#: run by `bench.train` only, where developers learn what the project ships with
OF_DEVELOPERS = {"knowledge.training.intents", "knowledge.training.judge"}

_IMPORT = """
import importlib, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
for module in {modules}:
    importlib.import_module(module)
"""


def pinned(name: str) -> set[str]:
    lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    found = (re.match(r"([\w.-]+)==", line) for line in lines)
    return {_normal(match[1]) for match in found if match}


def modules() -> list[str]:
    paths = (path for top in SHIPPED for path in (ROOT / top).rglob("*.py"))
    relative = (path.relative_to(ROOT).with_suffix("") for path in paths)
    named = {".".join(path.parts) for path in relative if path.name != "__main__"}
    return sorted(named - OF_DEVELOPERS)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_service_imports_nothing_that_only_developers_install() -> None:
    for_developers = pinned("development.txt") - pinned("run.txt")
    absent = {
        package
        for package, owners in packages_distributions().items()
        if {_normal(owner) for owner in owners} <= for_developers
    }
    script = _IMPORT.format(absent=absent, modules=modules())
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
