"""What the stack does, asked from outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cloud import smoke
from local import ports

if TYPE_CHECKING:
    from cloud.rehearsal import Rehearsal


def test_the_stack_does_what_it_is_for(rehearsal: Rehearsal) -> None:
    shown = [*smoke.check(rehearsal.target)]

    assert shown[-1] == "signed out, she is asked to sign in again"


def test_a_doctor_who_cannot_sign_in_is_noticed(rehearsal: Rehearsal) -> None:
    target = replace(rehearsal.target, password="wrong")

    with pytest.raises(smoke.Unsound, match="she is back at"):
        [*smoke.check(target)]


def test_a_stack_that_is_not_there_is_noticed(rehearsal: Rehearsal) -> None:
    nowhere = f"http://nowhere.localhost:{ports.free_port()}/api"
    target = replace(rehearsal.target, api_url=nowhere)

    with pytest.raises(smoke.Unsound, match="Not so: the table answers"):
        [*smoke.check(target)]


def test_a_booking_site_that_is_not_let_in_is_noticed(rehearsal: Rehearsal) -> None:
    another_day = rehearsal.target.on + timedelta(days=1)
    target = replace(rehearsal.target, on=another_day, machine_token="wrong")

    with pytest.raises(smoke.Unsound, match=r"the status is 200. GET .*/doctors/dr-lee/slots"):
        [*smoke.check(target)]


def test_an_event_that_does_not_come_is_noticed(rehearsal: Rehearsal) -> None:
    another_day = rehearsal.target.on + timedelta(days=2)
    target = replace(rehearsal.target, on=another_day, told_within=lambda _seconds: None)

    with pytest.raises(smoke.Unsound, match="another system is told"):
        [*smoke.check(target)]
