"""``python -m cloud.audit``: whether what the Lambda function carries has a known weakness."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from cloud import sources

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

REQUIREMENTS = sources.PROJECT / "requirements.txt"
# What pip-audit ends with where nobody answers; anything else that it ends with is a fault.
_NOBODY = re.compile(
    r"^(?:requests\.exceptions\.)?(?:ConnectionError|ConnectTimeout|ProxyError|ReadTimeout|SSLError)\b"
    r"|^ERROR:pip_audit\S*:Could not connect",
    re.MULTILINE,
)


def main(arguments: Sequence[str], requirements: Path = REQUIREMENTS) -> int:
    """Ask about every pinned package; gives 1 where one is known to be weak, or asking failed.

    Where the service is out of reach, or what answers in its place knows no package at all, that is
    said and is no failure; a package that is missing among others is. ``arguments`` are for
    pip-audit.
    """
    # Pins are complete, so nothing is to be resolved or installed.
    command = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "--format", "json"]
    asked = subprocess.run(
        [*command, "--progress-spinner", "off", "--requirement", str(requirements), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if not asked.stdout and _NOBODY.search(asked.stderr):
        print("Not audited: the service that knows of weaknesses cannot be reached.")
        return 0
    try:
        told = json.loads(asked.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(f"pip-audit failed:\n{asked.stderr}", file=sys.stderr)
        return 1
    return judged(told)


def judged(told: Sequence[dict[str, Any]]) -> int:
    """Say what pip-audit's report says of each package; gives the exit status."""
    weak = [(one, weakness) for one in told for weakness in one.get("vulns", [])]
    for one, weakness in weak:
        mended = " or ".join(weakness["fix_versions"]) or "no version yet"
        print(
            f"{one['name']} {one['version']}: {weakness['id']}, mended in {mended}",
            file=sys.stderr,
        )
    unknown = [one["name"] for one in told if "skip_reason" in one]
    if len(unknown) == len(told):
        print("Not audited: what answers in place of the service knows no package at all.")
        return 0
    if unknown:
        print(f"Unknown to the service: {', '.join(unknown)}", file=sys.stderr)
    print(f"Audited: {len(told) - len(unknown)} packages, {len(weak)} known weaknesses")
    return 1 if weak or unknown else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
