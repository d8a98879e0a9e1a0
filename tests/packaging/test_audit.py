"""``scripts/audit``: the check of the Lambda zip's packages for known vulnerabilities."""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from local import ports

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Path(__file__).parents[2] / "scripts" / "audit"
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


@contextmanager
def osv_server(status: int, response: object) -> Iterator[int]:
    """A server with the OSV API that always sends the same response; yields its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps(response).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer((ports.HOST, 0), Handler) as server:
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    """One pinned package."""
    path = tmp_path / "requirements.txt"
    path.write_text(PINNED)
    return path


def audit(requirements: Path, port: int) -> subprocess.CompletedProcess[str]:
    service = ["-s", "osv", "--osv-url", f"http://{ports.HOST}:{port}/v1/query"]
    return subprocess.run(  # noqa: S603
        [SCRIPT, requirements, *service], capture_output=True, text=True, check=False
    )


def test_audit_vulnerability_fails_with_its_id_and_fixed_version(requirements: Path) -> None:
    with osv_server(200, VULNERABLE) as port:
        audited = audit(requirements, port)

    assert audited.returncode == 1
    assert ["jinja2", "3.1.6", "PYSEC-2099-1", "3.1.7"] in map(
        str.split, audited.stdout.splitlines()
    )


def test_audit_without_vulnerabilities_passes(requirements: Path) -> None:
    with osv_server(200, NO_VULNERABILITIES) as port:
        audited = audit(requirements, port)

    assert (audited.returncode, audited.stderr) == (0, "")
    assert "No known vulnerabilities found" in audited.stdout


def test_audit_unreachable_service_passes_and_warns(requirements: Path) -> None:
    audited = audit(requirements, ports.free_port())

    assert audited.returncode == 0
    assert audited.stderr.startswith("NOT AUDITED: ")


def test_audit_unreadable_response_fails(requirements: Path) -> None:
    with osv_server(400, {"code": 3, "message": "invalid"}) as port:
        audited = audit(requirements, port)

    assert (audited.returncode, audited.stderr) == (1, "")


@pytest.mark.parametrize(
    ("packages", "status", "message"),
    [(PINNED + UNKNOWN, 1, ""), (UNKNOWN, 0, "NOT AUDITED: ")],
    ids=["one of two", "all"],
)
def test_audit_unknown_packages_fail_unless_all_are(
    requirements: Path, packages: str, status: int, message: str
) -> None:
    requirements.write_text(packages)

    with osv_server(200, NO_VULNERABILITIES) as port:
        audited = audit(requirements, port)

    assert audited.returncode == status
    assert audited.stderr.startswith(message)
