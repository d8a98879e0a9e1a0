"""The judge of histories itself: what it believes, and what it does not."""

from __future__ import annotations

import random

import pytest

from tests.support.linearizability import (
    ABSENT,
    FREE,
    Call,
    SearchLimitExceededError,
    apply,
    booked_state,
    held_state,
    is_linearizable,
)


def call(
    operation: str, result: str, invoked_at: float, completed_at: float, who: str = ""
) -> Call:
    return Call(operation, result, invoked_at, completed_at, who)


OPENED = call("open", "done", 0, 1)
BOOKED = call("book", "done", 2, 3, "ann")
HELD = call("hold", "done", 2, 3, "ann")
RUNS_OUT = Call.hold_expiry(9, "ann")


@pytest.mark.parametrize(
    "deeds",
    [
        pytest.param([OPENED, BOOKED], id="one after the other"),
        pytest.param(
            [OPENED, call("book", "done", 2, 9, "ann"), call("book", "taken", 2, 3, "bob")],
            id="who is told first may come second",
        ),
        pytest.param(
            [OPENED, call("see", FREE, 2, 9), call("book", "done", 3, 4, "ann")],
            id="a slow reader may have seen what was",
        ),
        pytest.param(
            [OPENED, call("book", "unknown", 2, 3, "ann"), call("see", booked_state("ann"), 8, 9)],
            id="what nobody confirmed may be done later",
        ),
        pytest.param(
            [OPENED, call("book", "unknown", 2, 3, "ann"), call("see", FREE, 8, 9)],
            id="... or never",
        ),
        pytest.param(
            [OPENED, call("cancel", "done", 2, 9, "ann"), call("book", "done", 3, 4, "ann"),
             call("see", FREE, 5, 6)],
            id="what would change nothing may come when it does",
        ),
        pytest.param(
            [OPENED, BOOKED, call("leave", "done", 4, 5, "ann"), call("see", FREE, 6, 7)],
            id="a move frees what it leaves",
        ),
        pytest.param(
            [
                OPENED,
                HELD,
                RUNS_OUT,
                call("see", held_state("ann"), 7, 8),
                call("see", FREE, 9, 10),
            ],
            id="a hold ends by itself",
        ),
        pytest.param(
            [
                OPENED,
                HELD,
                RUNS_OUT,
                call("see", held_state("ann"), 8, 12),
                call("see", FREE, 9, 10),
            ],
            id="... though who looked at the clock before may see it still",
        ),
        pytest.param(
            [OPENED, HELD, RUNS_OUT, call("release", "done", 4, 5, "ann"), call("see", FREE, 6, 7)],
            id="... unless it has ended before",
        ),
    ],
)  # fmt: skip
def test_possible_history_is_linearizable(deeds: list[Call]) -> None:
    assert is_linearizable(deeds)


@pytest.mark.parametrize(
    "deeds",
    [
        pytest.param(
            [OPENED, BOOKED, call("book", "done", 2, 3, "bob")], id="a slot that is sold twice"
        ),
        pytest.param(
            [OPENED, BOOKED, call("see", FREE, 4, 5)], id="a booking that is lost, or a stale read"
        ),
        pytest.param(
            [OPENED, call("see", booked_state("ann"), 2, 3)], id="a booking that nobody has made"
        ),
        pytest.param([OPENED, call("open", "done", 2, 3)], id="a slot that is made twice"),
        pytest.param(
            [OPENED, call("hold", "done", 2, 3, "ann"), call("close", "done", 4, 5)],
            id="a held slot that is removed",
        ),
        pytest.param(
            [OPENED, BOOKED, call("close", "done", 4, 5)], id="a booked slot that is removed"
        ),
        pytest.param(
            [OPENED, call("book", "taken", 2, 3, "ann")], id="a refusal without a reason"
        ),
        pytest.param(
            [OPENED, call("book", "unknown", 2, 3, "ann"), call("see", FREE, 4, 5),
             call("see", booked_state("ann"), 6, 7), call("see", FREE, 8, 9)],
            id="what nobody confirmed and happened does not unhappen",
        ),
        pytest.param(
            [OPENED, BOOKED, call("cancel", "done", 4, 5, "ann"), call("see", "not free", 6, 7)],
            id="a cancelled slot that is not offered again",
        ),
        pytest.param(
            [OPENED, BOOKED, call("leave", "done", 4, 5, "bob")], id="a move of another's booking"
        ),
        pytest.param(
            [OPENED, BOOKED, call("leave", "not", 4, 5, "ann")],
            id="a booking that its own move does not find",
        ),
        pytest.param(
            [OPENED, HELD, RUNS_OUT, call("see", FREE, 7, 8)], id="a hold that ends too early"
        ),
        pytest.param(
            [OPENED, HELD, call("book", "done", 4, 5, "ann"), RUNS_OUT, call("see", FREE, 9, 10)],
            id="a booking that ends when the hold would have that it began as",
        ),
        pytest.param(
            [OPENED, HELD, call("release", "done", 4, 5, "ann"),
             call("hold", "done", 6, 7, "bob"), RUNS_OUT, call("see", FREE, 9, 10)],
            id="a hold that ends when another's would have",
        ),
        pytest.param(
            [
                OPENED,
                HELD,
                RUNS_OUT,
                call("see", FREE, 9, 10),
                call("see", held_state("ann"), 11, 12),
            ],
            id="a hold that has ended for one who answers, and goes on for who asks then",
        ),
    ],
)  # fmt: skip
def test_impossible_history_is_not_linearizable(deeds: list[Call]) -> None:
    assert not is_linearizable(deeds)


def simulate_history(rng: random.Random) -> list[Call]:
    """As a slot that does one thing at a time would answer three clients who ask at any time."""
    deeds, state, now = [OPENED], FREE, 2.0
    for _ in range(60):
        what = rng.choice(["hold", "release", "book", "cancel", "open", "close", "see"])
        who = rng.choice(["ann", "bob", "cid"])
        told = ["done", "taken", "absent", "already"]
        states = [ABSENT, FREE, held_state("ann"), held_state("bob"), held_state("cid")]
        states += [booked_state("ann"), booked_state("bob"), booked_state("cid")]
        for one in states if what == "see" else told:
            asked = Call(what, one, now - rng.random() * 3, now + rng.random() * 3, who)
            left = apply(state, asked)
            if left is not None:
                deeds.append(asked)
                state = left
                break
        now += 1
    return deeds


@pytest.mark.parametrize("seed", range(60))
def test_final_state_must_follow_from_history(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311  the same histories each time
    deeds = simulate_history(dice)
    end = max(deed.completed_at for deed in deeds) + 1
    states = [
        ABSENT,
        FREE,
        *(to(who) for to in (held_state, booked_state) for who in ("ann", "bob", "cid")),
    ]

    believed = [one for one in states if is_linearizable([*deeds, Call("see", one, end, end)])]

    assert is_linearizable(deeds)
    assert 1 <= len(believed) <= 3  # of deeds at the same time any may be the last
    assert not is_linearizable([*deeds, Call("see", booked_state("zoe"), end, end)])


def test_checker_gives_up_beyond_search_limit() -> None:
    unheard = [call("book", "unknown", 2, 3, f"p-{n}") for n in range(12)]
    unheard += [call("cancel", "unknown", 2, 3, f"p-{n}") for n in range(12)]
    untrue = call("see", ABSENT, 9, 10)

    with pytest.raises(
        SearchLimitExceededError, match="2 deeds and 24 that may have happened: given up"
    ):
        is_linearizable([OPENED, untrue, *unheard], max_states=1_000)
