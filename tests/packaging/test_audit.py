"""What is said of the packages that the function carries, by a service that knows weaknesses."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from cloud import audit
from local import ports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NO_VULNERABILITIES: dict[str, Any] = {}
VULNERABLE = {
    "vulns": [
        {
            "id": "PYSEC-2099-1",
            "modified": "2099-01-01T00:00:00Z",
            "published": "2099-01-01T00:00:00Z",
            "summary": "It may be made to do what it should not.",
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
def run_osv_service(status: int, answer: object) -> Iterator[list[str]]:
    """A service in the shape of OSV that always says the same; gives how to have it asked."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield osv_options(server.server_port)
        server.shutdown()


def osv_options(port: int) -> list[str]:
    return ["--vulnerability-service", "osv", "--osv-url", f"http://127.0.0.1:{port}/v1/query"]


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    """One package."""
    path = tmp_path / "requirements.txt"
    path.write_text("Jinja2==3.1.6\n")
    return path


def test_a_known_weakness_fails_and_is_named_with_its_mend(
    requirements: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with run_osv_service(200, VULNERABLE) as arguments:
        status = audit.main(arguments, requirements)

    assert status == 1
    assert "jinja2 3.1.6: PYSEC-2099-1, mended in 3.1.7" in capsys.readouterr().err


def test_where_none_is_known_it_says_how_many_were_asked_about(
    requirements: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with run_osv_service(200, NO_VULNERABILITIES) as arguments:
        status = audit.main(arguments, requirements)

    assert (status, capsys.readouterr().out) == (0, "Audited: 1 packages, 0 known weaknesses\n")


def test_a_service_out_of_reach_is_said_and_fails_nothing(
    requirements: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = audit.main(osv_options(ports.free_port()), requirements)

    assert status == 0
    assert capsys.readouterr().out.startswith("Not audited: ")


def test_an_answer_that_cannot_be_read_fails(
    requirements: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with run_osv_service(400, {"code": 3, "message": "no such thing"}) as arguments:
        status = audit.main(arguments, requirements)

    assert status == 1
    assert "pip-audit failed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("unknown", "status"), [([], 0), (["jinja2"], 1), (["jinja2", "six"], 0)], ids=str
)
def test_a_package_that_is_unknown_among_others_fails(unknown: list[str], status: int) -> None:
    told: list[dict[str, Any]] = [
        {"name": name, "version": "1", "vulns": []}
        if name not in unknown
        else {"name": name, "skip_reason": "not found"}
        for name in ("jinja2", "six")
    ]

    assert audit.judged(told) == status
