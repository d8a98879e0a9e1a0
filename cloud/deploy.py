"""``python -m cloud.deploy``: puts a package up, in AWS or to rehearse, as ``scripts/deploy``."""

from __future__ import annotations

import argparse
import re
import signal
import sys
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

import boto3
import requests
from botocore.exceptions import BotoCoreError, ClientError

from cloud import bucket, putting_up, smoke, sources, stack, template
from cloud.artefact import Artefact
from cloud.bucket import BucketError
from cloud.rehearsal import CannotRehearse, rehearsed
from cloud.stack import StackError
from cloud.visitor import Visitor
from local import identity_provider
from local.identity_provider import IdentityProviderError
from local.subprocess_server import SubprocessServerError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cloud.stack import ChangeSet

_APP = "medilink-slots"
# Names of functions and of the sign-in page's domain are made of it.
_STACK_NAME = "[a-z]([a-z0-9-]{0,48}[a-z0-9])?"


class CannotDeploy(Exception):
    """The reason, as a sentence for whoever asked for it."""


def main(arguments: Sequence[str], project: Path = sources.PROJECT) -> int:
    """Do what the arguments say; gives the exit status."""
    asked = _parser().parse_args(arguments)
    try:
        artefact = _artefact(project, asked.stage)
        if asked.rehearse:
            _rehearse(artefact, keep=asked.keep)
        else:
            _deploy(artefact, asked)
    except (
        CannotDeploy,
        CannotRehearse,
        BucketError,
        SubprocessServerError,
        IdentityProviderError,
    ) as reason:
        print(reason, file=sys.stderr)
        return 1
    except (StackError, smoke.Unsound) as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. What CloudFormation has begun it goes on with.", file=sys.stderr)
        return 130
    except (BotoCoreError, ClientError) as error:
        print(f"AWS says no: {error}", file=sys.stderr)
        return 1
    except requests.RequestException as error:
        print(f"It is up, but gives no answer: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/deploy",
        description="Puts up what scripts/package has made, in the account and region that the "
        "environment names as it does for every AWS tool; or --rehearse on this machine.",
    )
    parser.add_argument("--stage", choices=template.STAGES, default=template.STAGES[0])
    parser.add_argument("--stack", help=f"its name; by default {_APP}-<stage>")
    parser.add_argument("--bucket", help="one of yours for the code; by default one is made")
    parser.add_argument("--alarm-email", help="who is told of alarms")
    parser.add_argument(
        "--tokens-by-password",
        choices=("allowed", "refused"),
        help="whether who administers the pool may get a token for a name and a password",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask before anything is changed")
    parser.add_argument(
        "--rotate-session-key",
        action="store_true",
        help="sign sessions with a new key from now on, and believe the last one still",
    )
    parser.add_argument(
        "--rehearse", action="store_true", help="put it up in an emulator, and try it there"
    )
    parser.add_argument("--keep", action="store_true", help="rehearsed, stay up until Ctrl-C")
    return parser


def _artefact(project: Path, stage: str) -> Artefact:
    artefact = Artefact(Artefact.folder(project, stage))
    if artefact.fingerprint is None:
        raise CannotDeploy(f"There is no package: scripts/package --stage {stage}")
    if artefact.fingerprint != sources.fingerprint(project):
        raise CannotDeploy(
            f"{artefact.root} is not of the code as it is now: scripts/package --stage {stage}"
        )
    return artefact


def _rehearse(artefact: Artefact, *, keep: bool) -> None:
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    started = time.monotonic()
    with rehearsed(artefact) as rehearsal:
        print(f"Up after {time.monotonic() - started:.1f} s: {rehearsal.api_url}/", flush=True)
        for done in smoke.check(rehearsal.target):
            print(f"  ok: {done}", flush=True)
        print(f"Rehearsed in {time.monotonic() - started:.1f} s")
        if keep:
            for person in identity_provider.DEMO_USERS:
                print(f"Sign in: {person.name} / {identity_provider.PASSWORD} ({person.role})")
            print(f"Ready: {rehearsal.page_url}", flush=True)
            try:
                rehearsal.ministack.wait()
            except KeyboardInterrupt:
                print("Gone.")


def _deploy(artefact: Artefact, asked: argparse.Namespace) -> None:
    account = _account()
    region = boto3.session.Session().region_name
    name = asked.stack or f"{_APP}-{asked.stage}"
    if not re.fullmatch(_STACK_NAME, name):
        raise CannotDeploy(f"{name} is no name: small letters, digits and hyphens, 50 at most.")
    if asked.rotate_session_key and stack.existing(name) is None:
        raise CannotDeploy(f"There is no stack {name}, so it has no session key to follow.")
    code = asked.bucket
    if code is None:
        code = f"{_APP}-{account}-{region}"
        bucket.make_if_absent(code, account)
    wish = putting_up.Wish(
        artefact=artefact,
        stack=name,
        account=account,
        bucket=code,
        alarm_email=asked.alarm_email,
        tokens_by_password=asked.tokens_by_password,
        rotates_session_key=asked.rotate_session_key,
    )
    changes = putting_up.propose(wish)
    if changes is None:
        print(f"{name} is as it should be: nothing to change.")
    elif _agreed(changes, f"{account}, {region}", yes=asked.yes):
        stack.apply(changes)
    else:
        stack.discard(changes)
        raise CannotDeploy("Nothing was changed.")
    _tell(name)


def _account() -> str:
    session = boto3.session.Session()
    if session.get_credentials() is None:
        raise CannotDeploy(
            "There are no AWS credentials: sign in with your AWS tools and name the profile, "
            "as in AWS_PROFILE=... scripts/deploy, or rehearse: scripts/deploy --rehearse"
        )
    if session.region_name is None:
        raise CannotDeploy("There is no AWS region: name it, as in AWS_REGION=eu-west-2")
    return str(boto3.client("sts").get_caller_identity()["Account"])


def _agreed(changes: ChangeSet, where: str, *, yes: bool) -> bool:
    verb = "makes" if changes.kind == "CREATE" else "changes"
    print(f"This {verb} {changes.stack} ({where}):")
    for line in changes.lines:
        print(f"  {line}")
    if yes:
        return True
    if not sys.stdin.isatty():
        print("Nobody is there to be asked; --yes goes on without.", file=sys.stderr)
        return False
    return input("Go on? [y/N] ").strip().lower() in ("y", "yes")


def _tell(name: str) -> None:
    told = stack.outputs(name)
    for key, value in sorted(told.items()):
        print(f"{key}: {value}")
    answer = Visitor().ask("GET", f"{told['ApiUrl']}/health")
    if answer.status_code != HTTPStatus.OK:
        raise CannotDeploy(f"It is up, but {answer.url} answers {answer.status_code}.")
    print(f"Ready: {told['PageUrl']}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
