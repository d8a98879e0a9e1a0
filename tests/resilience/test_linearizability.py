"""The linearizability checker: which histories it accepts, and which it rejects."""

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
    operation: str, result: str, invoked_at: float, completed_at: float, client: str = ""
) -> Call:
    return Call(operation, result, invoked_at, completed_at, client)


CLIENTS = ["ann", "bob", "cid"]
OPENED = call("open", "done", 0, 1)
BOOKED = call("book", "done", 2, 3, "ann")
HELD = call("hold", "done", 2, 3, "ann")
EXPIRY = Call.hold_expiry(9, "ann")


@pytest.mark.parametrize(
    "history",
    [
        pytest.param([OPENED, BOOKED], id="sequential calls"),
        pytest.param(
            [OPENED, BOOKED, call("cancel", "done", 4, 5, "ann"), call("close", "done", 6, 7),
             call("cancel", "done", 8, 9, "ann"), call("read", "absent", 10, 11)],
            id="a cancellation can be repeated after the slot has been closed",
        ),
        pytest.param(
            [OPENED, call("book", "done", 2, 9, "ann"), call("book", "taken", 2, 3, "bob")],
            id="of two concurrent calls the later completion can come first",
        ),
        pytest.param(
            [OPENED, call("read", FREE, 2, 9), call("book", "done", 3, 4, "ann")],
            id="a concurrent read can return the state before a booking",
        ),
        pytest.param(
            [OPENED, call("book", "unknown", 2, 3, "ann"), call("read", booked_state("ann"), 8, 9)],
            id="a call with unknown outcome can take effect later",
        ),
        pytest.param(
            [OPENED, call("book", "unknown", 2, 3, "ann"), call("read", FREE, 8, 9)],
            id="a call with unknown outcome can have no effect",
        ),
        pytest.param(
            [OPENED, call("cancel", "done", 2, 9, "ann"), call("book", "done", 3, 4, "ann"),
             call("read", FREE, 5, 6)],
            id="a concurrent cancellation can come after the booking that it ends",
        ),
        pytest.param(
            [OPENED, BOOKED, call("move away", "done", 4, 5, "ann"), call("read", FREE, 6, 7)],
            id="a move frees the old slot",
        ),
        pytest.param(
            [
                OPENED,
                HELD,
                EXPIRY,
                call("read", held_state("ann"), 7, 8),
                call("read", FREE, 9, 10),
            ],
            id="a hold expires",
        ),
        pytest.param(
            [
                OPENED,
                HELD,
                EXPIRY,
                call("read", held_state("ann"), 8, 12),
                call("read", FREE, 9, 10),
            ],
            id="a read that overlaps the expiry can return the hold",
        ),
        pytest.param(
            [OPENED, HELD, EXPIRY, call("release", "done", 4, 5, "ann"), call("read", FREE, 6, 7)],
            id="a hold that was released before its expiry",
        ),
    ],
)  # fmt: skip
def test_possible_history_is_linearizable(history: list[Call]) -> None:
    assert is_linearizable(history)


@pytest.mark.parametrize(
    "history",
    [
        pytest.param(
            [OPENED, BOOKED, call("book", "done", 2, 3, "bob")], id="a slot that is booked twice"
        ),
        pytest.param(
            [OPENED, BOOKED, call("read", FREE, 4, 5)], id="a lost booking or a stale read"
        ),
        pytest.param(
            [OPENED, call("read", booked_state("ann"), 2, 3)], id="a booking that no client made"
        ),
        pytest.param([OPENED, call("open", "done", 2, 3)], id="a slot that is opened twice"),
        pytest.param(
            [OPENED, call("hold", "done", 2, 3, "ann"), call("close", "done", 4, 5)],
            id="a held slot that is closed",
        ),
        pytest.param(
            [OPENED, BOOKED, call("close", "done", 4, 5)], id="a booked slot that is closed"
        ),
        pytest.param(
            [OPENED, call("book", "taken", 2, 3, "ann")], id="a rejection of a free slot"
        ),
        pytest.param(
            [OPENED, call("book", "unknown", 2, 3, "ann"), call("read", FREE, 4, 5),
             call("read", booked_state("ann"), 6, 7), call("read", FREE, 8, 9)],
            id="an effect of a call with unknown outcome that disappears",
        ),
        pytest.param(
            [OPENED, BOOKED, call("cancel", "done", 4, 5, "ann"), call("read", "not free", 6, 7)],
            id="a cancelled slot that is not free",
        ),
        pytest.param(
            [OPENED, BOOKED, call("move away", "done", 4, 5, "bob")],
            id="a move of another client's booking",
        ),
        pytest.param(
            [OPENED, BOOKED, call("move away", "not", 4, 5, "ann")],
            id="a move that does not find its own booking",
        ),
        pytest.param(
            [OPENED, HELD, EXPIRY, call("read", FREE, 7, 8)], id="a hold that expires too early"
        ),
        pytest.param(
            [OPENED, HELD, call("book", "done", 4, 5, "ann"), EXPIRY, call("read", FREE, 9, 10)],
            id="a booking that ends when its hold would have expired",
        ),
        pytest.param(
            [OPENED, HELD, call("release", "done", 4, 5, "ann"),
             call("hold", "done", 6, 7, "bob"), EXPIRY, call("read", FREE, 9, 10)],
            id="a hold that ends when another client's would have expired",
        ),
        pytest.param(
            [
                OPENED,
                HELD,
                EXPIRY,
                call("read", FREE, 9, 10),
                call("read", held_state("ann"), 11, 12),
            ],
            id="a hold that is read after a read has found it expired",
        ),
    ],
)  # fmt: skip
def test_impossible_history_is_not_linearizable(history: list[Call]) -> None:
    assert not is_linearizable(history)


def simulate_history(rng: random.Random) -> list[Call]:
    """Make the history of three clients of a slot that executes one call at a time."""
    history, state, now = [OPENED], FREE, 2.0
    for _ in range(60):
        operation = rng.choice(["hold", "release", "book", "cancel", "open", "close", "read"])
        client = rng.choice(CLIENTS)
        results = ["done", "taken", "absent", "already done"]
        states = [ABSENT, FREE, *map(held_state, CLIENTS), *map(booked_state, CLIENTS)]
        for result in states if operation == "read" else results:
            call = Call(operation, result, now - rng.random() * 3, now + rng.random() * 3, client)
            next_state = apply(state, call)
            if next_state is not None:
                history.append(call)
                state = next_state
                break
        now += 1
    return history


@pytest.mark.parametrize("seed", range(60))
def test_final_state_must_follow_from_history(seed: int) -> None:
    rng = random.Random(seed)
    history = simulate_history(rng)
    end = max(call.completed_at for call in history) + 1
    states = [ABSENT, FREE, *map(held_state, CLIENTS), *map(booked_state, CLIENTS)]

    accepted = [
        state for state in states if is_linearizable([*history, Call("read", state, end, end)])
    ]

    assert is_linearizable(history)
    assert 1 <= len(accepted) <= 3  # any of the last concurrent calls can be the last one
    assert not is_linearizable([*history, Call("read", booked_state("zoe"), end, end)])


def test_checker_gives_up_beyond_search_limit() -> None:
    uncertain = [call("book", "unknown", 2, 3, f"p-{n}") for n in range(12)]
    uncertain += [call("cancel", "unknown", 2, 3, f"p-{n}") for n in range(12)]
    impossible = call("read", ABSENT, 9, 10)

    with pytest.raises(
        SearchLimitExceededError, match="2 certain and 24 uncertain calls: no decision"
    ):
        is_linearizable([OPENED, impossible, *uncertain], max_states=1_000)
