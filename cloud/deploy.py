"""``python -m cloud.deploy`` deploys a package to AWS or rehearses it (``scripts/deploy``)."""

import argparse
import os
import re
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import pytest
import requests

from cloud import stack, template
from cloud.package import PROJECT, BuildArtifact, hash_sources
from cloud.rehearsal import Rehearsal, deployed_to_emulator
from local import CommandError, identity_provider, ports
from local.command import reports_errors

_APP = "medilink-slots"
# Names of functions and of the sign-in page's domain contain it.
_STACK_NAME = "[a-z]([a-z0-9-]{0,48}[a-z0-9])?"


@reports_errors()
def main(arguments: Sequence[str], project: Path = PROJECT) -> int:
    """Deploy or rehearse as the arguments say; return the exit status."""
    options = _parse(arguments)
    artifact = _require_artifact(project, options.stage)
    try:
        if options.rehearse:
            _rehearse(artifact, keep=options.keep)
        else:
            _deploy(artifact, options)
    except KeyboardInterrupt:
        print("Stopped. CloudFormation continues what it has started.", file=sys.stderr)
        return 130
    return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/deploy",
        description="Deploys the output of scripts/package to the AWS account and region that the "
        "environment names, as for every AWS tool, or with --rehearse on this machine.",
    )
    add = parser.add_argument
    add("--stage", choices=template.STAGES, default=template.STAGES[0])
    add("--stack", help=f"the stack's name; by default {_APP}-<stage>")
    add("--bucket", help="your bucket for the code; by default the SAM CLI creates one")
    add("--yes", action="store_true", help="deploy without asking first")
    text = "a parameter of the template, which stays set, such as AlarmEmail; can be repeated"
    add("--set", action="append", default=[], type=_parse_setting, metavar="NAME=VALUE", help=text)
    add("--rehearse", action="store_true", help="deploy to a local emulator, and test it there")
    add("--keep", action="store_true", help="keep a rehearsal running until Ctrl-C")
    return parser.parse_args(arguments)


def _parse_setting(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not (name.isalnum() and separator):
        raise argparse.ArgumentTypeError(f"{text} is not NAME=VALUE")
    return name, value


def _require_artifact(project: Path, stage: str) -> BuildArtifact:
    artifact = BuildArtifact.for_stage(project, stage)
    manifest = artifact.read_manifest()
    if not manifest:
        raise CommandError(f"There is no package: run scripts/package --stage {stage}")
    if manifest["source_hash"] != hash_sources(project):
        raise CommandError(f"{artifact.folder} is outdated: run scripts/package --stage {stage}")
    return artifact


def _rehearse(artifact: BuildArtifact, *, keep: bool) -> None:
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    started = time.monotonic()
    with deployed_to_emulator(artifact) as rehearsal:
        seconds = time.monotonic() - started
        print(f"Deployed after {seconds:.1f} s: {rehearsal.api_url}/", flush=True)
        run_smoke_test(rehearsal)
        print(f"Rehearsed in {time.monotonic() - started:.1f} s")
        if keep:
            identity_provider.print_demo_users()
            print(f"Ready: {rehearsal.page_url}", flush=True)
            with suppress(KeyboardInterrupt):
                rehearsal.ministack.wait()


def run_smoke_test(rehearsal: Rehearsal) -> None:
    """Test the stack from outside, and print each result; stop at the first that is wrong."""
    tests = os.fspath(PROJECT / "tests" / "deployment" / "test_smoke.py")
    # The smoke test needs only pytest's own plugins, and those of the tests take long to import.
    plugins = ["--disable-plugin-autoload", "-p", "no:cacheprovider"]
    options = ["-vv", "--exitfirst", "--no-header", "--tb=short", *plugins, tests]
    if pytest.main(options, plugins=[rehearsal]):
        raise CommandError("The deployed stack does not work: see the failed test above.")


def _deploy(artifact: BuildArtifact, options: argparse.Namespace) -> None:
    _require_credentials()
    name = options.stack or f"{_APP}-{options.stage}"
    if not re.fullmatch(_STACK_NAME, name):
        raise CommandError(
            f"{name} is not a valid name: use lower-case letters, digits and hyphens, at most 50."
        )
    sam_options = ["--no-confirm-changeset" if options.yes else "--confirm-changeset"]
    if options.bucket:
        sam_options += ["--s3-bucket", stack.require_own_bucket(options.bucket)]
    stack.deploy(artifact, name, dict(options.set), *sam_options)
    if stack.get_stack(name) is None:
        raise CommandError(f"{name} is not deployed, because you did not confirm it.")
    _report(identity_provider.stack_outputs(name))


def _require_credentials() -> None:
    session = boto3.session.Session()
    if session.get_credentials() is None:
        raise CommandError(
            "There are no AWS credentials: sign in with your AWS tools and name the profile, "
            "as in AWS_PROFILE=... scripts/deploy, or rehearse: scripts/deploy --rehearse"
        )
    if session.region_name is None:
        raise CommandError("There is no AWS region: name it, as in AWS_REGION=eu-west-2")


def _report(outputs: dict[str, str]) -> None:
    for key, value in sorted(outputs.items()):
        print(f"{key}: {value}")
    url = urlsplit(outputs["ApiUrl"])
    # In an emulator, the host is a name below localhost, which not every resolver knows.
    host = url.netloc if url.scheme == "https" else f"{ports.HOST}:{url.port}"
    health = requests.get(
        f"{url.scheme}://{host}{url.path}/health",
        headers={"Host": url.netloc},
        allow_redirects=False,
        timeout=30,
    )
    if health.status_code != HTTPStatus.OK:
        raise CommandError(f"It is deployed, but {health.url} returns {health.status_code}.")
    print(f"Ready: {outputs['PageUrl']}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
