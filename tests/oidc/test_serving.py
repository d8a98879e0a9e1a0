"""Access to ``scripts/serve``: sign-in by default, or the caller of ``LOCAL_CALLER``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import boto3
import pytest
import requests

from local import local_config, ports
from local.local_config import PROJECT
from tests.support.live_server import start_server
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.oidc.conftest import RestartedServer
    from tests.support.live_server import LiveServer


def get_status(url: str, **headers: str) -> int:
    return requests.get(url, headers=headers, timeout=10).status_code


def server_settings(server: LiveServer) -> dict[str, str]:
    return local_config.read_env(server.data_dir / local_config.ENV_FILE)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server whose requests are all Dr Okafor's."""
    with start_server(tmp_path_factory.mktemp("data"), LOCAL_CALLER="dr-okafor") as running:
        yield running


def test_local_caller_acts_for_every_request(server: LiveServer) -> None:
    day = requests.get(f"{server.url}/slots", timeout=10).json()

    assert day["doctor_id"] == "dr-okafor"
    assert "OIDC_ISSUER" not in server_settings(server)


def test_own_dynamodb_has_table_and_login(ministack: str, tmp_path: Path) -> None:
    with start_server(tmp_path, AWS_ENDPOINT_URL_DYNAMODB=ministack) as running:
        assert get_status(f"{running.url}/doctors") == 401
        assert (
            get_status(f"{running.url}/doctors", **running.auth_headers("doctor", "dr-lee")) == 200
        )
        settings = server_settings(running)

    assert settings["AWS_ENDPOINT_URL_DYNAMODB"] == ministack
    assert settings["AWS_ENDPOINT_URL"] != ministack
    dynamodb = boto3.client(
        "dynamodb",
        endpoint_url=ministack,
        region_name=settings["AWS_DEFAULT_REGION"],
        aws_access_key_id=settings["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=settings["AWS_SECRET_ACCESS_KEY"],
    )
    assert settings["TABLE_NAME"] in dynamodb.list_tables()["TableNames"]


def test_the_command_of_the_sample_site_s_readme_works_as_pasted(
    restarted_server: RestartedServer,
) -> None:
    readme = (PROJECT / "examples" / "booking_site" / "README.md").read_text()
    port = ports.free_port()
    command = readme.partition("```sh\n")[2].partition("```")[0]
    data_dir = restarted_server.running.data_dir
    command = command.replace(".local/", f"{data_dir}/").replace("PORT=8080", f"PORT={port}")
    with subprocess.Popen(
        ["bash", "-euc", command],  # noqa: S607  wherever the machine has it
        cwd=PROJECT,
        start_new_session=True,
    ) as site:
        while ports.status(port, "/static/site.css") is None:
            assert site.poll() is None
            time.sleep(0.1)
        status = ports.status(port, "/find?specialty=cardiology")
        # A signal to the shell alone would leave the site running.
        os.killpg(site.pid, signal.SIGTERM)

    assert status == 200


def test_signals_at_the_same_time_stop_a_server_that_starts(tmp_path: Path) -> None:
    settings = {"DATA_DIR": str(tmp_path), "PORT": str(ports.free_port()), "LOCAL_CALLER": "sam"}
    started = subprocess.Popen(
        [sys.executable, "-m", "local.serve"], cwd=PROJECT, env={**os.environ, **settings}
    )
    # From here on it stops in good order.
    wait_until((tmp_path / "lock").exists)
    started.send_signal(signal.SIGINT)
    started.send_signal(signal.SIGTERM)

    assert started.wait(30) == 0


def test_settings_for_clients_are_there_when_the_app_answers(
    ministack: str, tmp_path: Path
) -> None:
    port = ports.free_port()
    settings = {
        "DATA_DIR": str(tmp_path),
        "PORT": str(port),
        "LOCAL_CALLER": "sam",
        "AWS_ENDPOINT_URL_DYNAMODB": ministack,
    }
    with subprocess.Popen(
        [sys.executable, "-m", "local.serve"], cwd=PROJECT, env={**os.environ, **settings}
    ) as started:
        while ports.status(port, "/health") is None:
            assert started.poll() is None
        written = (tmp_path / local_config.ENV_FILE).exists()
        started.send_signal(signal.SIGTERM)
        assert started.wait(30) == 0

    assert written


def test_server_outlives_the_booking_site_and_reports_its_end(server: LiveServer) -> None:
    assert server.process
    children = ["pgrep", "-f", "examples.booking_site", "-P", str(server.process.pid)]
    pid = subprocess.run(children, capture_output=True, text=True, check=True).stdout
    os.kill(int(pid), signal.SIGKILL)
    wait_until(lambda: "The booking site ended" in (server.data_dir / "log").read_text())

    assert get_status(f"{server.url}/slots") == 200


def test_sessions_survive_restart(restarted_server: RestartedServer) -> None:
    running, key = restarted_server.running, restarted_server.running.data_dir / "session.key"

    assert get_status(f"{running.url}/doctors", **restarted_server.bearer) == 200
    assert key.read_text() == restarted_server.session_key
    assert key.stat().st_mode & 0o077 == 0


def test_other_sites_and_users_cannot_use_the_local_store(
    restarted_server: RestartedServer,
) -> None:
    data_dir = restarted_server.running.data_dir
    endpoint = server_settings(restarted_server.running)["AWS_ENDPOINT_URL"]
    target = {"X-Amz-Target": "DynamoDB_20120810.ListTables"}
    page = {**target, "Origin": "http://evil.example"}
    rejected = requests.post(endpoint, json={}, headers=page, timeout=10)
    preflight = requests.options(endpoint, headers=page, timeout=10)
    keys = [*data_dir.glob("ministack/state/**/*.pem")]
    modes = {path.stat().st_mode & 0o077 for path in (*keys, data_dir / "ministack")}

    assert (rejected.status_code, preflight.status_code) == (403, 403)
    assert not {name for name in rejected.headers if name.startswith("Access-Control")}
    assert keys
    assert modes == {0}
