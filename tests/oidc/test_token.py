"""``scripts/token``, which issues tokens for a running server."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import pytest
import requests

from local import issue_token, local_config, ports
from tests.support.environment import temporary_environment
from tests.support.oidc_tokens import verify_token

if TYPE_CHECKING:
    from tests.oidc.conftest import RestartedServer

SCRIPT = Path(__file__).parents[2] / "scripts" / "token"


class CliResult(NamedTuple):
    """The output, error output and exit status of a command."""

    output: str
    error_output: str
    status: int


@dataclass(frozen=True, slots=True)
class TokenCli:
    """Runs the command for the server with its data in ``folder``."""

    data_dir: Path
    url: str

    def run_script(self, *arguments: str, **environment: str) -> CliResult:
        done = subprocess.run(
            [SCRIPT, *arguments],
            env=os.environ | self._environment | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return CliResult(done.stdout, done.stderr, done.returncode)

    def run(self, *arguments: str, **environment: str) -> CliResult:
        """Run the command in this process; starting another one takes most of its time."""
        output, complaint = StringIO(), StringIO()
        with (
            temporary_environment(self._environment | environment),
            redirect_stdout(output),
            redirect_stderr(complaint),
        ):
            status = issue_token.main(arguments)
        return CliResult(output.getvalue(), complaint.getvalue(), status)

    @property
    def _environment(self) -> dict[str, str]:
        return {"PORT": str(urlsplit(self.url).port), "DATA_DIR": str(self.data_dir)}

    def claims(self, *arguments: str) -> dict[str, Any]:
        """Return the claims of the token for these arguments, which must be the only output."""
        return self.verified_claims(self.run(*arguments))

    def verified_claims(self, result: CliResult) -> dict[str, Any]:
        """Return the claims of the token, which must be valid and the only output."""
        assert result == (f"{result.output.strip()}\n", "", 0)
        settings = local_config.read_env(self.data_dir / local_config.ENV_FILE)
        claims = verify_token(result.output.strip(), discovery_url=settings["OIDC_DISCOVERY_URL"])
        assert claims["iss"] == settings["OIDC_ISSUER"]
        assert claims["token_use"] == "access"
        return claims


@pytest.fixture(scope="module")
def cli(restarted_server: RestartedServer) -> TokenCli:
    """The command, with a running server."""
    return TokenCli(restarted_server.running.data_dir, restarted_server.running.url)


@pytest.mark.parametrize(
    ("arguments", "name", "role"),
    [
        (["doctor", "dr-okafor"], "dr-okafor", "doctor"),
        (["delegate", "sam"], "sam", "delegate"),
        (["delegate", "new-delegate"], "new-delegate", "delegate"),
        (["admin"], "alex", "admin"),
        (["admin", "robin"], "robin", "admin"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_user_token_has_name_and_role(
    cli: TokenCli, arguments: list[str], name: str, role: str
) -> None:
    claims = cli.claims(*arguments)

    assert (claims["username"], claims["cognito:groups"]) == (name, [role])


def test_new_doctor_can_sign_in(cli: TokenCli) -> None:
    requests.put(
        f"{cli.url}/doctors/dr-new",
        headers={"Authorization": f"Bearer {cli.run('admin').output.strip()}"},
        json={
            "name": "Dr New",
            "specialty": "surgery",
            "location": "Leeds",
            "time_zone": "Europe/London",
            "slot_minutes": 30,
            "sessions": [{"from": "09:00", "to": "12:00"}],
        },
        timeout=10,
    ).raise_for_status()

    result = cli.run_script("doctor", "dr-new")
    assert cli.verified_claims(result)["username"] == "dr-new"


@pytest.mark.parametrize(
    ("scopes", "granted"),
    [
        ([], "slots/book slots/read"),
        (["slots/read"], "slots/read"),
        (["slots/read", "slots/book"], "slots/book slots/read"),
    ],
)
def test_booking_site_token_has_scopes_and_no_name(
    cli: TokenCli, scopes: list[str], granted: str
) -> None:
    claims = cli.claims("booking-site", *scopes)

    assert claims["scope"] == granted
    assert "username" not in claims


def test_second_booking_site_is_another_client(cli: TokenCli) -> None:
    first = cli.claims("booking-site")
    second = cli.run("second-booking-site")

    claims = cli.verified_claims(second)
    assert claims["client_id"] != first["client_id"]
    assert claims["scope"] == first["scope"]
    response = requests.get(
        f"{cli.url}/doctors/dr-lee/bookings",
        headers={"Authorization": f"Bearer {second.output.strip()}"},
        timeout=10,
    )
    assert (response.status_code, response.json()) == (200, {"bookings": []})


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Say for whom: doctor NAME, "),
        (["doctor"], "Say for whom: doctor NAME, "),
        (["nurse", "joy"], "Say for whom: doctor NAME, "),
        (["doctor", "dr-unknown"], 'We couldn\'t find a doctor with the ID "dr-unknown"'),
        (["delegate", "two words"], "A name has 1 to 128 characters, and no spaces."),
        (["admin", "dr-lee"], "dr-lee does not sign in as admin, but as doctor."),
        (
            ["booking-site", "slots/read", "slots/cancel"],
            "A booking site cannot have slots/cancel: there are slots/book and slots/read.",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_invalid_request_is_rejected_with_message(
    cli: TokenCli, arguments: list[str], sentence: str
) -> None:
    result = cli.run(*arguments)

    assert (result.output, result.status) == ("", 1)
    assert result.error_output.startswith(sentence)
    assert result.error_output.count("\n") == 1


def test_port_without_server_is_rejected(cli: TokenCli) -> None:
    port = urlsplit(cli.url).port

    assert cli.run("admin", PORT="9") == CliResult(
        "", f"The server of {cli.data_dir} listens on port {port}, not 9.\n", 1
    )


def stale_env(folder: Path, cli: TokenCli, pattern: str, replacement: str) -> CliResult:
    """Run the command with the server's settings, after replacing a part of them."""
    settings = (cli.data_dir / local_config.ENV_FILE).read_text()
    (folder / local_config.ENV_FILE).write_text(re.sub(pattern, replacement, settings))
    return cli.run("admin", DATA_DIR=str(folder))


def test_missing_server_gives_no_tokens(cli: TokenCli, tmp_path: Path) -> None:
    sentence = (
        f"No server keeps its data in {tmp_path} at the moment. Start one with scripts/serve, or "
        "name the folder of the one that runs: DATA_DIR=... scripts/token\n"
    )

    never_started = cli.run("admin", DATA_DIR=str(tmp_path))
    unused_address = f"127.0.0.1:{ports.free_port()}"
    stopped = stale_env(tmp_path, cli, r"127\.0\.0\.1:\d+", unused_address)
    another_has_its_port = stale_env(tmp_path, cli, r"eu-west-2_\w+", "eu-west-2_Gone")

    assert never_started == stopped == another_has_its_port == CliResult("", sentence, 1)


def test_server_without_login_gives_no_tokens(cli: TokenCli, tmp_path: Path) -> None:
    result = stale_env(tmp_path, cli, r"OIDC_\w+=.*\n", "")

    sentence = f"The server of {tmp_path} requires no sign-in and no tokens.\n"
    assert result == CliResult("", sentence, 1)
