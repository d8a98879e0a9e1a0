"""``python -m local.serve``: MiniStack, demo data, the app and the booking site, until stopped."""

import fcntl
import os
import re
import secrets
import signal
import sys
import threading
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from socket import socket
from urllib.parse import quote

from pynamodb.exceptions import PynamoDBException

from local import CommandError, app_server, identity_provider, local_config, ports
from local.command import reports_errors
from local.servers import BookingSite, MiniStack

LAST_PORT = 65535
POLL_SECONDS = 0.1


@reports_errors()
def main() -> int:
    """Serve until SIGTERM, SIGINT or SIGHUP, and leave nothing running; return the exit status."""
    signals = _collect_signals()
    folder = local_config.data_folder()
    try:
        with ExitStack() as stack:
            _serve(stack.enter_context(_bind_port()), folder, stack, signals)
    except OSError as error:
        raise CommandError(
            f"Data cannot be kept in {folder}: {error.strerror or error}."
        ) from error
    return 0


def _collect_signals() -> list[int]:
    """Return a list of the received signals to stop.

    An exception would stop the start at once, but a handler may run in a callback or a ``__del__``
    of any library, and is lost there.
    """
    received: list[int] = []
    for stop in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # With nohup, the server outlives the terminal.
        if stop != signal.SIGHUP or signal.getsignal(stop) != signal.SIG_IGN:
            signal.signal(stop, lambda number, _: received.append(number))
    return received


def _bind_port() -> socket:
    given = os.environ.get("PORT") or "8000"
    if not re.fullmatch("[0-9]{1,5}", given) or not 1 <= int(given) <= LAST_PORT:
        raise CommandError(f"PORT must be a number from 1 to {LAST_PORT}, and {given!r} is none.")
    try:
        return ports.bind(int(given))
    except OSError as error:
        raise CommandError(
            f"Port {given} cannot be used ({os.strerror(error.errno or 0)}): stop what listens "
            "there, or choose another with PORT=... scripts/serve"
        ) from None


def _serve(bound: socket, folder: Path, stack: ExitStack, signals: list[int]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _lock(folder, stack)
    ministack = _start_ministack(folder, stack)
    local_config.use_local_stage()
    port = bound.getsockname()[1]
    url = f"http://{ports.HOST}:{port}"
    access = _configure_auth(port, folder)
    # Before the app answers: other commands read the file as soon as it does.
    _write_env(folder, {"SLOTS_API": url, **access})
    _start_app(bound, stack)
    site = BookingSite(url, log=folder / "booking-site.log", access=access)
    _start_booking_site(site, stack)
    if access:
        identity_provider.print_demo_users()
    print(f"Ready: {url}/", flush=True)
    while not signals:
        time.sleep(POLL_SECONDS)
        ministack.wait(0)
        try:
            site.wait(0)
        except CommandError as reason:
            print(reason, file=sys.stderr, flush=True)
            site.stop()


def _write_env(folder: Path, own: dict[str, str]) -> None:
    """Write what another client needs for the same table and the same identity provider."""
    shared = {"AWS_ENDPOINT_URL_DYNAMODB", "OIDC_ISSUER", "OIDC_DISCOVERY_URL"}
    shared |= local_config.variables().keys() - {"STAGE", "LOCAL_CALLER"}
    settings = {name: os.environ[name] for name in sorted(shared & os.environ.keys())}
    local_config.write_env(folder / local_config.ENV_FILE, {**settings, **own})


def _lock(folder: Path, stack: ExitStack) -> None:
    """Lock the folder against a second server."""
    file = stack.enter_context((folder / "lock").open("w"))
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CommandError(
            f"{folder} is in use by another scripts/serve: stop that one, "
            "or choose another folder with DATA_DIR=... scripts/serve"
        ) from None
    # A full disk shows here, before anything runs.
    file.write(f"{os.getpid()}\n")
    file.flush()


def _start_ministack(folder: Path, stack: ExitStack) -> MiniStack:
    """Return MiniStack, started if the environment does not name all that it is for.

    That is DynamoDB, unless there is an endpoint for it, and Cognito, unless a ``LOCAL_CALLER``.
    """
    # The stage names a caller, for use with moto alone.
    os.environ.setdefault("LOCAL_CALLER", "")
    dynamodb = os.environ.get("AWS_ENDPOINT_URL_DYNAMODB")
    ministack = MiniStack(folder / "ministack")
    if dynamodb and os.environ["LOCAL_CALLER"]:
        # No AWS client of this process ever connects to the real AWS.
        os.environ.setdefault("AWS_ENDPOINT_URL", dynamodb)
        return ministack
    stack.push(partial(_stop_ministack, ministack))
    ministack.start()
    if dynamodb:
        os.environ["AWS_ENDPOINT_URL"] = ministack.url
    else:
        local_config.use_env(ministack.environment)
    return ministack


def _stop_ministack(ministack: MiniStack, reason: type[BaseException] | None, *_: object) -> None:
    # Another error is what the user must see; MiniStack has reported this one.
    if ministack.stop() and reason is None:
        raise CommandError("The last changes are not saved.")


def _configure_auth(port: int, folder: Path) -> dict[str, str]:
    """Let users sign in, unless every request is the local caller's.

    Return the variables with which the booking site requests tokens.
    """
    if os.environ["LOCAL_CALLER"]:
        # These may be inherited from another server; the app accepts either.
        for name in ("OIDC_ISSUER", "OIDC_DISCOVERY_URL"):
            os.environ.pop(name, None)
        return {}
    # The key of the last run: a restart ends no login session.
    key = folder / "session.key"
    if not key.exists():
        local_config.write_private(key, secrets.token_hex(32))
    provider = identity_provider.configure(port)
    clients = (f"{site.client_id}={quote(site.name)}" for site in provider.sites.values())
    os.environ.update(
        OIDC_ISSUER=provider.url,
        OIDC_DISCOVERY_URL=provider.discovery_url,
        OIDC_CLIENT_ID=provider.page.client_id,
        OIDC_MACHINE_CLIENTS=" ".join(clients),
        SESSION_KEY=key.read_text(encoding="utf-8"),
        COGNITO_USER_POOL=provider.pool_id,
    )
    return identity_provider.service_credentials(provider)


def _start_app(bound: socket, stack: ExitStack) -> None:
    from local import webhooks  # noqa: PLC0415  it imports the app's code

    webhooks.create_queue()
    from app import app  # noqa: PLC0415  it reads the environment when it is imported
    from local import demo_data, schedules  # noqa: PLC0415  they import the app's code

    try:
        demo_data.seed()
    except PynamoDBException as error:
        where = os.environ.get("AWS_ENDPOINT_URL_DYNAMODB")
        raise CommandError(f"The table at {where} cannot be created or filled: {error}") from error
    changed = threading.Event()
    stack.enter_context(app_server.serve(app, bound, changed.set))
    stack.enter_context(schedules.scheduled())
    stack.enter_context(webhooks.delivered(changed))


def _start_booking_site(site: BookingSite, stack: ExitStack) -> None:
    """Start the example beside the app, which runs without it if it fails."""
    try:
        stack.enter_context(site)
        print(f"Booking site: {site.url}/", flush=True)
    except CommandError as reason:
        print(reason, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
