"""What is written about the project is true of the project."""

import re
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).parents[1]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_explained_in_the_example(name: str) -> None:
    assert re.search(rf"^# \S.+\.\nDANHOI_{name.upper()}=", EXAMPLE, re.MULTILINE)


def test_the_example_names_no_unknown_setting() -> None:
    named = {name.lower() for name in re.findall(r"^DANHOI_(\w+)=", EXAMPLE, re.MULTILINE)}
    assert named == set(Settings.model_fields)


def test_the_example_itself_is_a_valid_configuration(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(EXAMPLE, encoding="utf-8")
    assert Settings(_env_file=path).port == 8080  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda p: p.name
)
def test_pinned_requirements_name_no_index_and_no_local_file(path: Path) -> None:
    assert not re.findall(r"index|find-links|file:", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "path", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda p: p.name
)
def test_every_pinned_requirement_has_a_hash(path: Path) -> None:
    blocks = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8").strip())
    assert not [block for block in blocks if "==" in block and "--hash=sha256:" not in block]


PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_of_the_project_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


_THREATS = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`(tests/[\w/.:]+)`", _THREATS))))
def test_every_threat_names_a_test_that_is_there(named: str) -> None:
    path, _, test = named.partition("::")
    assert re.search(rf"def {test}\(" if test else "def test_", (ROOT / path).read_text())
