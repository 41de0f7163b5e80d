"""The deployment files name what exists: commands, settings, measures, alarms."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from bot.commands.root import COMMANDS
from bot.operations.metrics import Metrics
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in (*DEPLOY.rglob("*"), ROOT / "Dockerfile") if path.is_file())


EXAMPLE = (ROOT / ".env.example").read_text()


def read(name: str) -> str:
    return (DEPLOY / name).read_text()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_exists(path: Path) -> None:
    known = {f"DANHOI_{name.upper()}" for name in Settings.model_fields}
    own = {"DANHOI_POSTGRES_PASSWORD"}  # the compose file's, for its database
    assert set(re.findall(r"\bDANHOI_[A-Z_]+[A-Z]", path.read_text())) <= known | own


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_command_exists(path: Path) -> None:
    assert set(re.findall(r"-m bot ([a-z]+)", path.read_text())) <= set(COMMANDS)


def test_the_composed_services_run_commands_of_ours() -> None:
    services = yaml.safe_load(read("compose.yaml"))["services"]
    ours = [services[name]["command"][0] for name in ("migrate", "web", "worker")]
    assert set(ours) <= set(COMMANDS)


def test_an_address_is_always_sent_to_the_same_node() -> None:
    assert "lb_policy ip_hash" in read("Caddyfile.compose")


def settings_of_the_guide() -> dict[str, str]:
    """Return what the deployment guide has an operator set, over the example's own."""
    guide = (ROOT / "docs" / "deployment.md").read_text()
    named = re.findall(r"^(DANHOI_\w+)=(\S+)$", guide, re.MULTILINE)
    return dict(re.findall(r"^(DANHOI_\w+)=(.+)$", EXAMPLE, re.MULTILINE)) | dict(named)


def test_the_service_writes_only_where_its_unit_lets_it() -> None:
    settings = settings_of_the_guide()
    assert settings["DANHOI_VAR_DIR"] == "/var/lib/danhoi"
    assert settings["DANHOI_DATABASE_URL"].startswith("sqlite:////var/lib/danhoi/")


@pytest.mark.parametrize(
    "unit", sorted((DEPLOY / "systemd").glob("*.service")), ids=lambda p: p.name
)
def test_no_unit_sets_what_the_file_of_settings_sets_again(unit: Path) -> None:
    """systemd lets EnvironmentFile win over Environment."""
    set_here = re.findall(r"^Environment=(.*)$", unit.read_text(), re.MULTILINE)
    assert "DANHOI_" not in " ".join(set_here)


def test_a_copy_of_the_example_does_not_hide_the_service_in_its_container() -> None:
    service = yaml.safe_load(read("compose.yaml"))["x-service"]
    settings = settings_of_the_guide() | service["environment"]
    assert (settings["DANHOI_HOST"], settings["DANHOI_PORT"]) == ("0.0.0.0", "8080")  # noqa: S104
    assert service["volumes"] == [f"state:{settings['DANHOI_VAR_DIR']}"]


def test_no_log_is_rotated_twice() -> None:
    """The package of nginx rotates /var/log/nginx/*.log; logrotate refuses a second time."""
    rotated = re.findall(r"^(/\S+) \{", read("logrotate"), re.MULTILINE)
    assert rotated == ["/var/log/nginx/danhoi/access.log"]
    assert f"access_log {rotated[0]} danhoi;" in read("nginx.conf")


def measures() -> set[str]:
    """Return the series that the service exposes, by the names queries use."""
    families = list(Metrics().registry.collect())
    return {f"{family.name}{end}" for family in families for end in ("", "_total", "_bucket")}


def test_the_dashboard_asks_for_measures_that_exist() -> None:
    panels = json.loads(read("grafana/danhoi.json"))["panels"]
    asked = " ".join(target["expr"] for panel in panels for target in panel["targets"])
    assert set(re.findall(r"\bdanhoi_\w+", asked)) <= measures()


def test_the_alert_rules_ask_for_measures_that_exist() -> None:
    groups = yaml.safe_load(read("prometheus/alerts.yml"))["groups"]
    asked = " ".join(rule["expr"] for group in groups for rule in group["rules"])
    assert set(re.findall(r"\bdanhoi_\w+", asked)) <= measures()


@pytest.mark.parametrize(
    "command",
    [
        pytest.param("caddy validate --adapter caddyfile --config {}/Caddyfile", id="Caddyfile"),
        pytest.param(
            "caddy validate --adapter caddyfile --config {}/Caddyfile.compose", id="compose"
        ),
        pytest.param("promtool check rules {}/prometheus/alerts.yml", id="alert rules"),
    ],
)
def test_the_program_it_is_for_accepts_the_file(command: str) -> None:
    program, *arguments = command.format(DEPLOY).split()
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not on this machine")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
