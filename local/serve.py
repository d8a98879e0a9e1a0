"""``python -m local.serve``: DynamoDB, demo doctors, app and booking site, until told to stop."""

import errno
import fcntl
import os
import re
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from pathlib import Path
from types import FrameType

from chalice.config import Config
from pynamodb.exceptions import PynamoDBException

from chalicelib.settings import SettingsError
from local import env_file, issuer, loopback, server, stage
from local.booking_site import BookingSite
from local.child import ChildError
from local.issuer import IssuerError
from local.ministack import MiniStack
from local.sign_in_stack import Issuer

DEFAULT_PORT = "8000"
LAST_PORT = 65535
LOCK_SECONDS = 3
HEALTH_SECONDS = 20

SHARED = (
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_DEFAULT_REGION",
    "TABLE_NAME",
    "OIDC_ISSUER",
    "OIDC_DISCOVERY_URL",
)
"""What a second client needs to reach the same table and the same issuer."""


class CannotServe(Exception):
    """The reason, as a sentence for whoever started it."""


def main() -> int:
    """Serve until SIGTERM, SIGINT or SIGHUP, then leave nothing running; gives the exit status."""
    _exit_on_signals()
    try:
        port = _chosen_port()
        _require_free(port)
        with _locked(_data_folder()) as (folder, lock), _ministack(folder, lock) as ministack:
            _serve(port, folder, ministack)
    except (CannotServe, ChildError, IssuerError, SettingsError) as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def _exit_on_signals() -> None:
    """Turn a signal to stop into an exit, which closes everything on its way out."""
    stops = [signal.SIGTERM, signal.SIGINT]
    # Whoever starts it with nohup wants it to outlive the terminal.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        stops.append(signal.SIGHUP)

    def leave(_number: int, _frame: FrameType | None) -> None:
        # One is enough: a second Ctrl-C must not interrupt MiniStack writing its data.
        for stop in stops:
            signal.signal(stop, signal.SIG_IGN)
        sys.exit(0)

    for stop in stops:
        signal.signal(stop, leave)


def _chosen_port() -> int:
    given = os.environ.get("PORT") or DEFAULT_PORT
    if re.fullmatch("[0-9]{1,5}", given) and 1 <= int(given) <= LAST_PORT:
        return int(given)
    raise CannotServe(f"PORT must be a number from 1 to {LAST_PORT}, and {given!r} is none.")


def _require_free(port: int) -> None:
    try:
        loopback.bind(port).close()
    except OSError as error:
        raise _unusable(port, error) from None


def _unusable(port: int, error: OSError) -> CannotServe:
    other = port + 1 if port < LAST_PORT else port - 1
    why = "is taken: stop what listens there"
    if error.errno != errno.EADDRINUSE:
        why = f"cannot be used ({error.strerror}): make it so"
    return CannotServe(f"Port {port} {why}, or choose another with PORT={other} scripts/serve")


def _data_folder() -> Path:
    folder = Path(os.environ.get("DATA_DIR") or stage.PROJECT / ".local").absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotServe(f"Data cannot be kept in {folder} ({error.strerror}).") from None
    return folder


@contextmanager
def _locked(folder: Path) -> Iterator[tuple[Path, int]]:
    """Keep a second server off the folder, and give it with the descriptor of the lock."""
    with (folder / "lock").open("w") as file:
        # The MiniStack of a server that was killed still writes its data, for a moment.
        until = time.monotonic() + LOCK_SECONDS
        while not _lock(file.fileno()):
            if time.monotonic() > until:
                raise CannotServe(
                    f"{folder} is in use by another scripts/serve: stop that one, "
                    "or choose another folder with DATA_DIR=... scripts/serve"
                )
            time.sleep(0.1)
        yield folder, file.fileno()


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _ministack(folder: Path, lock: int) -> Iterator[MiniStack | None]:
    """Point the environment at a MiniStack of our own for what it does not name already.

    That is DynamoDB, unless it names one, and Cognito, unless it names a ``LOCAL_CALLER``.
    """
    has_dynamodb = bool(os.environ.get("AWS_ENDPOINT_URL_DYNAMODB"))
    if has_dynamodb and os.environ.get("LOCAL_CALLER"):
        yield None
        return
    with MiniStack(folder / "ministack", inherits=[lock]) as ministack:
        if has_dynamodb:
            os.environ["AWS_ENDPOINT_URL"] = ministack.url
        else:
            # Settings for somebody's real account have no business here.
            for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
                os.environ.pop(name, None)
            os.environ.update(ministack.environment)
        yield ministack


def _serve(port: int, folder: Path, ministack: MiniStack | None) -> None:
    # The stage names a caller, for testers who have moto and nothing else.
    os.environ.setdefault("LOCAL_CALLER", "")
    stage.use_local_stage()
    # So that no client of ours ever speaks to the real AWS.
    os.environ.setdefault("AWS_ENDPOINT_URL", os.environ["AWS_ENDPOINT_URL_DYNAMODB"])
    found = _decide_who_may_come_in(port, folder)
    env_file.write(folder / env_file.NAME, {n: os.environ[n] for n in SHARED if n in os.environ})
    with ExitStack() as stack:
        try:
            url = stack.enter_context(_app(port))
        except OSError as error:
            raise _unusable(port, error) from error
        _wait_until_healthy(port)
        _add_booking_site(stack, url, folder / "booking-site.log", found)
        if found:
            for person in issuer.DEMO_PEOPLE:
                print(f"Sign in: {person.name} / {issuer.PASSWORD} ({person.role})", flush=True)
        print(f"Ready: {url}/", flush=True)
        if ministack:
            ministack.wait()
        else:
            signal.pause()


def _decide_who_may_come_in(port: int, folder: Path) -> Issuer | None:
    """Have the app ask an issuer who comes in, unless the environment says who everybody is."""
    if os.environ["LOCAL_CALLER"]:
        # Of a server that this one was started from, say: the app would refuse to start beside it.
        for name in ("OIDC_ISSUER", "OIDC_DISCOVERY_URL"):
            os.environ.pop(name, None)
        return None
    found = issuer.prepare(port)
    machines = (found.booking_site.client_id, found.reading_site.client_id)
    os.environ.update(
        {
            "OIDC_ISSUER": found.url,
            "OIDC_DISCOVERY_URL": found.discovery_url,
            "OIDC_CLIENT_ID": found.page.client_id,
            "OIDC_MACHINE_CLIENTS": " ".join(machines),
            "SESSION_KEY": _session_key(folder / "session.key"),
        }
    )
    return found


def _session_key(path: Path) -> str:
    """The key of before, so that a restart signs nobody out; readable by the owner alone."""
    if not path.exists():
        env_file.write_text(path, secrets.token_hex(32))
    return path.read_text(encoding="utf-8")


@contextmanager
def _app(port: int) -> Iterator[str]:
    # These may read the environment, which is only complete now.
    from app import app  # noqa: PLC0415
    from local import demo  # noqa: PLC0415

    try:
        demo.prepare()
    except PynamoDBException as error:
        where = os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
        raise CannotServe(f"The table at {where} cannot be made or filled: {error}") from error
    config = Config(chalice_stage=stage.NAME, config_from_disk=stage.chalice_config())
    with server.serve(app, config, loopback.HOST, port) as url:
        yield url


def _wait_until_healthy(port: int) -> None:
    until = time.monotonic() + HEALTH_SECONDS
    while (status := loopback.status(port, "/health")) != HTTPStatus.OK:
        if time.monotonic() > until:
            raise CannotServe(f"GET /health answers {status}, not 200: see what was logged above.")
        time.sleep(0.1)


def _add_booking_site(stack: ExitStack, api_url: str, log: Path, found: Issuer | None) -> None:
    """Start the example beside the app, which goes on without it if need be."""
    access = issuer.machine_access(found) if found else {}
    try:
        site = stack.enter_context(BookingSite(api_url, log=log, access=access))
    except ChildError as reason:
        print(reason, file=sys.stderr, flush=True)
    else:
        print(f"Booking site: {site.url}/", flush=True)


if __name__ == "__main__":
    sys.exit(main())
