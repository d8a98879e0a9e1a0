"""What the stack does, asked from outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cloud import smoke

if TYPE_CHECKING:
    from cloud.rehearsal import Rehearsal


def test_the_stack_does_what_it_is_for(rehearsal: Rehearsal) -> None:
    shown = [*smoke.check(rehearsal.target)]

    assert shown[-1] == "signed out, she is asked to sign in again"


@pytest.mark.parametrize(
    ("wrong", "then"),
    [
        ({"password": "wrong"}, "she is back at"),
        ({"machine_token": "wrong"}, "the status is 200"),
    ],
)
def test_a_stack_that_does_not_is_told_from_one_that_does(
    rehearsal: Rehearsal, wrong: dict[str, str], then: str
) -> None:
    another_day = rehearsal.target.on + timedelta(days=1)
    target = replace(rehearsal.target, on=another_day, **wrong)

    with pytest.raises(smoke.Unsound, match=then):
        [*smoke.check(target)]
