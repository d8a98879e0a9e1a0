"""``cloud.zones`` without access to a table."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from cloud.package import PROJECT

if TYPE_CHECKING:
    from pathlib import Path


def test_missing_credentials_are_an_error_and_not_moved_slots(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "cloud.zones", "--table", "slots", "--tzdata", tmp_path],
        cwd=PROJECT,
        env={
            "HOME": str(tmp_path),
            "AWS_DEFAULT_REGION": "eu-west-2",
            "AWS_EC2_METADATA_DISABLED": "true",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("AWS reports an error: ")
    assert ran.stderr.count("\n") == 1
