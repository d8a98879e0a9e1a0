"""``python -m local.token ROLE ...``: a bearer token for the local server, as ``scripts/token``."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

from chalicelib.domain.errors import DomainError
from chalicelib.domain.permissions import Role
from chalicelib.storage import table
from chalicelib.storage.doctor_repository import DoctorRepository
from local import env_file, issuer, sign_in_stack, stage
from local.issuer import IssuerError, Person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.sign_in_stack import Issuer

USAGE = (
    "Say for whom: doctor NAME, delegate NAME, admin [NAME] or booking-site [SCOPES], "
    "as in: scripts/token doctor dr-lee"
)
AN_ADMIN = "alex"
NAME = r"\S{1,128}"
ANSWER_SECONDS = 10


class NoToken(Exception):
    """The reason, as a sentence for whoever asked for one."""


def main(arguments: Sequence[str]) -> int:
    """Print the token and nothing else, or why there is none; gives the exit status."""
    folder = Path(os.environ.get("DATA_DIR") or stage.PROJECT / ".local").absolute()
    try:
        print(_token(_wanted(arguments), folder))
    except (NoToken, IssuerError, DomainError) as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def _wanted(arguments: Sequence[str]) -> Person | tuple[str, ...]:
    """Give a person, or a booking site's scopes, none meaning all that it may have."""
    match arguments:
        case [Role.BOOKING_SITE, *scopes]:
            return tuple(" ".join(scopes).split())
        case [Role.DOCTOR | Role.DELEGATE as role, name]:
            return Person(name, Role(role))
        case [Role.ADMIN]:
            return Person(AN_ADMIN, Role.ADMIN)
        case [Role.ADMIN, name]:
            return Person(name, Role.ADMIN)
    raise NoToken(USAGE)


def _token(wanted: Person | tuple[str, ...], folder: Path) -> str:
    env_file.use(_settings(folder))
    _require_issuer(folder)
    found = sign_in_stack.find()
    _require_port(found, folder)
    if isinstance(wanted, Person):
        return _of_person(wanted, found)
    return _of_booking_site(wanted, found)


def _settings(folder: Path) -> dict[str, str]:
    try:
        settings = env_file.read(folder / env_file.NAME)
    except OSError:
        raise _not_running(folder) from None
    if "OIDC_ISSUER" not in settings:
        raise NoToken(f"The server of {folder} lets everybody in: it needs no tokens.")
    return settings


def _not_running(folder: Path) -> NoToken:
    return NoToken(f"No server keeps its data in {folder} at the moment: start one, scripts/serve")


def _require_issuer(folder: Path) -> None:
    """Ask the issuer, which by that proves to be up, and to be the one of the settings."""
    try:
        answer = requests.get(os.environ["OIDC_DISCOVERY_URL"], timeout=ANSWER_SECONDS)
    except requests.RequestException:
        raise _not_running(folder) from None
    # Another server may have its port by now, which knows no such pool.
    if not answer.ok or answer.json()["issuer"] != os.environ["OIDC_ISSUER"]:
        raise _not_running(folder)


def _require_port(found: Issuer, folder: Path) -> None:
    wanted = os.environ.get("PORT")
    ports = sorted({str(urlsplit(callback).port) for callback in found.page.callbacks})
    if wanted and wanted not in ports:
        raise NoToken(
            f"The server of {folder} listens on port {', '.join(ports)}, not on {wanted}."
        )


def _of_person(person: Person, found: Issuer) -> str:
    if person.role == Role.DOCTOR:
        table.connect(os.environ["TABLE_NAME"])
        DoctorRepository().get(person.name)
    elif not re.fullmatch(NAME, person.name):
        raise NoToken("A name has 1 to 128 characters, and no spaces.")
    issuer.admit(found, person)
    issuer.require(found, person)
    return issuer.access_token(found, person.name)


def _of_booking_site(scopes: Sequence[str], found: Issuer) -> str:
    client = found.booking_site
    # The issuer itself drops what it does not know beside what it does.
    if unknown := set(scopes) - client.scopes:
        raise NoToken(
            f"A booking site cannot have {', '.join(sorted(unknown))}: "
            f"there are {' and '.join(sorted(client.scopes))}."
        )
    return issuer.machine_token(found, scopes or sorted(client.scopes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
