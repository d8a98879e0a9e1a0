"""The stack on an emulator of AWS: the very zip and template, with the demo doctors and people."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from chalicelib.storage import table
from chalicelib.storage.doctor_repository import DoctorRepository
from cloud import bucket, putting_up, smoke, stack
from cloud.follower import Follower
from cloud.package import this_architecture
from local import cognito_stack, demo_data, identity_provider
from local.ministack import MiniStack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cloud.artefact import Artefact

STACK = "medilink-slots-rehearsal"
# MiniStack's only one, unless told otherwise.
_ACCOUNT = "000000000000"
_SETTINGS = ("AWS_", "EVENT_BUS_", "LOCAL_CALLER", "OIDC_", "SESSION_KEY", "STAGE", "TABLE_NAME")
# Bookable wherever the doctor is.
_AHEAD = timedelta(days=40)
_BUCKET = "medilink-slots-rehearsal-code"


class CannotRehearse(Exception):
    """The reason, as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """A stack that is up, and the emulator that it is up on."""

    api_url: str
    page_url: str
    table_name: str
    ministack: MiniStack
    target: smoke.Target


@contextmanager
def rehearsed(artefact: Artefact) -> Iterator[Rehearsal]:
    """Put the artefact up for a block, in an emulator of its own; the environment leads to it.

    Raises:
        CannotRehearse: it was made for another kind of processor than this machine's.
        StackError: the template makes no stack.
    """
    if artefact.arch != this_architecture():
        raise CannotRehearse(
            f"{artefact.root} is for {artefact.arch}, which this machine cannot run: "
            f"scripts/package --stage {artefact.root.name} makes one that it can."
        )
    with (
        _clean_environment(),
        TemporaryDirectory(prefix="rehearsal-") as folder,
        MiniStack(Path(folder), keeps_state=False) as ministack,
    ):
        os.environ.update(ministack.environment)
        _put_up(artefact, ministack)
        told = stack.outputs(STACK)
        _seed(told["TableName"])
        people = cognito_stack.load(STACK)
        for person in identity_provider.DEMO_USERS:
            identity_provider.create_user(people, person)
        token = identity_provider.service_token(people, sorted(people.booking_site.scopes))
        follower = Follower(told["EventBusName"])
        target = smoke.Target(
            api_url=told["ApiUrl"],
            on=datetime.now(UTC).date() + _AHEAD,
            password=identity_provider.PASSWORD,
            machine_token=token,
            told_within=follower.told_within,
        )
        yield Rehearsal(
            api_url=told["ApiUrl"],
            page_url=told["PageUrl"],
            table_name=told["TableName"],
            ministack=ministack,
            target=target,
        )


@contextmanager
def _clean_environment() -> Iterator[None]:
    """Without settings of somebody's account, or of an app on a laptop, for a block.

    The functions of the emulator would inherit them. And nothing of it leaves this machine, so no
    proxy has a part in it.
    """
    before = dict(os.environ)
    for name in before:
        if name.startswith(_SETTINGS) or name.lower().endswith("_proxy"):
            del os.environ[name]
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _put_up(artefact: Artefact, ministack: MiniStack) -> None:
    bucket.make_if_absent(_BUCKET, _ACCOUNT)
    wish = putting_up.Wish(
        artefact=artefact,
        stack=STACK,
        account=_ACCOUNT,
        bucket=_BUCKET,
        # By this name the API is a host below it, as it is in AWS.
        rehearsal_endpoint=f"http://localhost:{ministack.port}",
    )
    changes = putting_up.propose(wish)
    if changes is None:
        raise CannotRehearse(f"{artefact.template} makes an empty stack.")
    stack.apply(changes)


def _seed(table_name: str) -> None:
    table.connect(table_name)
    doctors = DoctorRepository()
    for doctor in demo_data.DOCTORS:
        doctors.add(doctor)
