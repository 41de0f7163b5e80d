"""`make audit`: known holes in what we depend on, by pip-audit, and how far it could look.

It fails on a hole. Where the advisories cannot be reached it says so and does not fail: then
pip-audit itself reports that it found nothing, whatever there is.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

REQUIREMENTS = Path(__file__).parents[1] / "requirements" / "run.txt"
_COMMAND = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json")


def verdict(report: Mapping[str, Any] | None) -> tuple[int, list[str]]:
    """Return the exit code and what to say about a report; None stands for none."""
    packages = report["dependencies"] if report else []
    looked_at = [each for each in packages if "skip_reason" not in each]
    holes = [
        f"{each['name']} {each['version']}: {hole['id']}, mended in "
        f"{', '.join(hole['fix_versions']) or 'no version yet'}"
        for each in looked_at
        for hole in each["vulns"]
    ]
    if not looked_at:
        return 0, ["NOT AUDITED: the advisories cannot be reached from here."]
    skipped = [each["name"] for each in packages if "skip_reason" in each]
    told = [f"{len(looked_at)} packages audited, {len(holes)} holes known", *holes]
    return (1 if holes else 0), told + [f"not audited: {name}" for name in skipped]


def main() -> int:
    """Ask pip-audit and tell its findings."""
    program = Path(sys.executable).with_name("pip-audit")
    asked = [str(program), "--requirement", str(REQUIREMENTS), *_COMMAND]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    try:
        report = json.loads(done.stdout)
    except ValueError:  # it ends with a traceback when nobody answers
        report = None
    code, told = verdict(report)
    print("\n".join(told))  # noqa: T201 - a command speaks to its caller
    return code


if __name__ == "__main__":
    sys.exit(main())
