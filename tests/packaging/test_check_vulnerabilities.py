"""``scripts/check-vulnerabilities``: packages of the Lambda zip with known vulnerabilities."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.wrappers import Response

from tests.support.http_server import serve, unused_url

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

SCRIPT = Path(__file__).parents[2] / "scripts" / "check-vulnerabilities"
PINNED = "Jinja2==3.1.6\n"
# pip-audit skips a package without a version, as it skips one that the service does not know.
UNKNOWN = "six @ https://example.invalid/six-1.17.0-py3-none-any.whl\n"
NO_VULNERABILITIES: dict[str, Any] = {}
VULNERABLE = {
    "vulns": [
        {
            "id": "PYSEC-2099-1",
            "modified": "2099-01-01T00:00:00Z",
            "published": "2099-01-01T00:00:00Z",
            "summary": "It allows what it should prevent.",
            "affected": [
                {
                    "package": {"name": "jinja2", "ecosystem": "PyPI"},
                    "versions": ["3.1.6"],
                    "ranges": [
                        {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.1.7"}]}
                    ],
                }
            ],
        }
    ]
}


def osv_server(status: int, body: object) -> AbstractContextManager[str]:
    """Serve an OSV API that sends the same response to every request."""
    return serve(Response(json.dumps(body), status, content_type="application/json"))


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    """A requirements file with one pinned package."""
    path = tmp_path / "requirements.txt"
    path.write_text(PINNED)
    return path


def check(
    requirements: Path, url: str, *, is_required: bool = False
) -> subprocess.CompletedProcess[str]:
    service = ["-s", "osv", "--osv-url", f"{url}/v1/query"]
    return subprocess.run(
        [SCRIPT, requirements, *service],
        env=os.environ | {"VULNERABILITY_CHECK": "required" if is_required else ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_check_vulnerability_fails_with_its_id_and_fixed_version(requirements: Path) -> None:
    with osv_server(200, VULNERABLE) as url:
        checked = check(requirements, url)

    assert checked.returncode == 1
    assert ["jinja2", "3.1.6", "PYSEC-2099-1", "3.1.7"] in map(
        str.split, checked.stdout.splitlines()
    )


def test_check_without_vulnerabilities_passes(requirements: Path) -> None:
    with osv_server(200, NO_VULNERABILITIES) as url:
        checked = check(requirements, url)

    assert (checked.returncode, checked.stderr) == (0, "")
    assert "No known vulnerabilities found" in checked.stdout


def test_check_unreachable_service_passes_and_warns(requirements: Path) -> None:
    checked = check(requirements, unused_url())

    assert checked.returncode == 0
    assert "\nNOT CHECKED: " in checked.stderr


def test_check_unreachable_service_fails_if_required(requirements: Path) -> None:
    checked = check(requirements, unused_url(), is_required=True)

    assert checked.returncode == 1
    assert "\nNOT CHECKED: " in checked.stderr


def test_check_unreadable_response_fails(requirements: Path) -> None:
    with osv_server(400, {"code": 3, "message": "invalid"}) as url:
        checked = check(requirements, url)

    assert (checked.returncode, checked.stderr) == (1, "")


@pytest.mark.parametrize(
    ("packages", "status", "message"),
    [(PINNED + UNKNOWN, 1, ""), (UNKNOWN, 0, "NOT CHECKED: ")],
    ids=["one of two", "all"],
)
def test_check_unknown_packages_fail_unless_all_are(
    requirements: Path, packages: str, status: int, message: str
) -> None:
    requirements.write_text(packages)

    with osv_server(200, NO_VULNERABILITIES) as url:
        checked = check(requirements, url)

    assert checked.returncode == status
    assert message in checked.stderr
