"""Plain ``chalice local`` beside moto, as the README has it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from local import ports
from local.local_config import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

CHALICE = Path(sys.executable).with_name("chalice")
START_SECONDS = 30


@pytest.fixture(scope="module")
def url(moto: str) -> Iterator[str]:
    """The URL of the app, with moto on another port and a proxy that never responds."""
    proxy = f"http://127.0.0.1:{ports.free_port()}"
    names = ("no_proxy", "NO_PROXY", "AWS_ENDPOINT_URL")
    inherited = {name: value for name, value in os.environ.items() if name not in names}
    environment = {**inherited, "AWS_ENDPOINT_URL_DYNAMODB": moto, "http_proxy": proxy}
    subprocess.run(
        [sys.executable, "-m", "local.demo_data"], cwd=PROJECT, env=environment, check=True
    )
    port = ports.free_port()
    command = [
        os.fspath(CHALICE),
        "local",
        "--stage",
        "local",
        "--no-autoreload",
        "--port",
        f"{port}",
    ]
    with subprocess.Popen(command, cwd=PROJECT, env=environment) as process:
        until = time.monotonic() + START_SECONDS
        while ports.status(port, "/health") != requests.codes.ok:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
        process.terminate()


def test_every_request_is_the_local_caller_s(url: str) -> None:
    response = requests.get(f"{url}/slots", timeout=10)

    assert response.status_code == 200
    assert response.json()["doctor_id"] == "dr-lee"


def test_a_save_reaches_moto_at_the_endpoint_of_the_environment(url: str) -> None:
    save = {"doctor_id": "dr-lee", "date": "2030-06-03"}
    slots = [{"start": "09:00", "status": "free"}]

    assert requests.post(f"{url}/slots", json={**save, "slots": slots}, timeout=10).ok


def test_a_path_without_a_route_gets_403_as_from_api_gateway(url: str) -> None:
    assert requests.get(f"{url}/nothing", timeout=10).status_code == 403
