"""``python -m local.issue_token ROLE ...``, as ``scripts/token``: a bearer token for the server."""

import os
import re
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import requests

from chalicelib.domain.permissions import Role
from local import CommandError, identity_provider, local_config
from local.command import reports_errors
from local.identity_provider import DemoUser, IdentityProvider

USAGE = (
    "Say for whom: doctor NAME, delegate NAME, admin [NAME], booking-site [SCOPES] or "
    "second-booking-site [SCOPES], as in: scripts/token doctor dr-lee"
)


@reports_errors()
def main(arguments: Sequence[str]) -> int:
    """Print the token alone, or the reason why there is none; return the exit status."""
    issue = _parse(arguments)
    print(issue(_running_provider(local_config.data_folder())))
    return 0


def _parse(arguments: Sequence[str]) -> Callable[[IdentityProvider], str]:
    match arguments:
        case [Role.BOOKING_SITE, *scopes]:
            return partial(_site_token, "BookingSite", " ".join(scopes).split())
        case ["second-booking-site", *scopes]:
            return partial(_site_token, "SecondSite", " ".join(scopes).split())
        case [Role.DOCTOR | Role.DELEGATE | Role.ADMIN as role, name]:
            return partial(_user_token, DemoUser(name, Role(role)))
        case [Role.ADMIN]:
            return partial(_user_token, DemoUser("alex", Role.ADMIN))
    raise CommandError(USAGE)


def _site_token(key: str, scopes: Sequence[str], provider: IdentityProvider) -> str:
    site = provider.sites[key]
    # Cognito ignores unknown scopes beside known ones.
    if unknown := set(scopes) - site.scopes:
        raise CommandError(
            f"A booking site cannot have {', '.join(sorted(unknown))}: "
            f"there are {' and '.join(sorted(site.scopes))}."
        )
    return identity_provider.service_token(provider, site, scopes)


def _running_provider(folder: Path) -> IdentityProvider:
    """Use the settings of the server in that folder, and return its identity provider."""
    not_running = CommandError(
        f"No server keeps its data in {folder} at the moment. Start one with scripts/serve, or "
        "name the folder of the one that runs: DATA_DIR=... scripts/token"
    )
    try:
        local_config.use_env(local_config.read_env(folder / local_config.ENV_FILE))
        if "OIDC_ISSUER" not in os.environ:
            raise CommandError(f"The server of {folder} requires no sign-in and no tokens.")
        timeout = identity_provider.TIMEOUT_SECONDS
        answer = requests.get(os.environ["OIDC_DISCOVERY_URL"], timeout=timeout)
    except (OSError, requests.RequestException):
        raise not_running from None
    # By now another server may listen there.
    if not answer.ok or answer.json()["issuer"] != os.environ["OIDC_ISSUER"]:
        raise not_running
    provider = identity_provider.load()
    actual = urlsplit(provider.page.callbacks[0]).port
    if (port := os.environ.get("PORT")) and port != str(actual):
        raise CommandError(f"The server of {folder} listens on port {actual}, not {port}.")
    return provider


def _user_token(user: DemoUser, provider: IdentityProvider) -> str:
    if user.role == Role.DOCTOR:
        from chalicelib.storage import table  # noqa: PLC0415  for others, 0.1 s of CPU time
        from chalicelib.storage.doctor_repository import DoctorRepository  # noqa: PLC0415  for others, 0.1 s of CPU time

        table.connect(os.environ["TABLE_NAME"])
        DoctorRepository().get(user.name)
    elif not re.fullmatch(r"\S{1,128}", user.name):
        raise CommandError("A name has 1 to 128 characters, and no spaces.")
    identity_provider.create_user(provider, user)
    identity_provider.require_user(provider, user)
    return identity_provider.user_token(provider, user.name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
