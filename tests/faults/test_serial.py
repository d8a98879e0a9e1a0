"""The judge of histories itself: what it believes, and what it does not."""

from __future__ import annotations

import random

import pytest

from tests.faults.serial import ABSENT, FREE, Deed, Undecided, after, booked, held, is_serial


def deed(what: str, told: str, asked: float, answered: float, who: str = "") -> Deed:
    return Deed(what, told, asked, answered, who)


OPENED = deed("open", "done", 0, 1)
BOOKED = deed("book", "done", 2, 3, "ann")
HELD = deed("hold", "done", 2, 3, "ann")
RUNS_OUT = Deed.a_run_out(9, "ann")


@pytest.mark.parametrize(
    "deeds",
    [
        pytest.param([OPENED, BOOKED], id="one after the other"),
        pytest.param(
            [OPENED, deed("book", "done", 2, 9, "ann"), deed("book", "taken", 2, 3, "bob")],
            id="who is told first may come second",
        ),
        pytest.param(
            [OPENED, deed("see", FREE, 2, 9), deed("book", "done", 3, 4, "ann")],
            id="a slow reader may have seen what was",
        ),
        pytest.param(
            [OPENED, deed("book", "unknown", 2, 3, "ann"), deed("see", booked("ann"), 8, 9)],
            id="what nobody confirmed may be done later",
        ),
        pytest.param(
            [OPENED, deed("book", "unknown", 2, 3, "ann"), deed("see", FREE, 8, 9)],
            id="... or never",
        ),
        pytest.param(
            [OPENED, deed("cancel", "done", 2, 9, "ann"), deed("book", "done", 3, 4, "ann"),
             deed("see", FREE, 5, 6)],
            id="what would change nothing may come when it does",
        ),
        pytest.param(
            [OPENED, BOOKED, deed("leave", "done", 4, 5, "ann"), deed("see", FREE, 6, 7)],
            id="a move frees what it leaves",
        ),
        pytest.param(
            [OPENED, HELD, RUNS_OUT, deed("see", held("ann"), 7, 8), deed("see", FREE, 9, 10)],
            id="a hold ends by itself",
        ),
        pytest.param(
            [OPENED, HELD, RUNS_OUT, deed("see", held("ann"), 8, 12), deed("see", FREE, 9, 10)],
            id="... though who looked at the clock before may see it still",
        ),
        pytest.param(
            [OPENED, HELD, RUNS_OUT, deed("release", "done", 4, 5, "ann"), deed("see", FREE, 6, 7)],
            id="... unless it has ended before",
        ),
    ],
)  # fmt: skip
def test_what_can_have_happened_is_believed(deeds: list[Deed]) -> None:
    assert is_serial(deeds)


@pytest.mark.parametrize(
    "deeds",
    [
        pytest.param(
            [OPENED, BOOKED, deed("book", "done", 2, 3, "bob")], id="a slot that is sold twice"
        ),
        pytest.param(
            [OPENED, BOOKED, deed("see", FREE, 4, 5)], id="a booking that is lost, or a stale read"
        ),
        pytest.param(
            [OPENED, deed("see", booked("ann"), 2, 3)], id="a booking that nobody has made"
        ),
        pytest.param([OPENED, deed("open", "done", 2, 3)], id="a slot that is made twice"),
        pytest.param(
            [OPENED, deed("hold", "done", 2, 3, "ann"), deed("withdraw", "done", 4, 5)],
            id="a held slot that is removed",
        ),
        pytest.param(
            [OPENED, BOOKED, deed("withdraw", "done", 4, 5)], id="a booked slot that is removed"
        ),
        pytest.param(
            [OPENED, deed("book", "taken", 2, 3, "ann")], id="a refusal without a reason"
        ),
        pytest.param(
            [OPENED, deed("book", "unknown", 2, 3, "ann"), deed("see", FREE, 4, 5),
             deed("see", booked("ann"), 6, 7), deed("see", FREE, 8, 9)],
            id="what nobody confirmed and happened does not unhappen",
        ),
        pytest.param(
            [OPENED, BOOKED, deed("cancel", "done", 4, 5, "ann"), deed("see", "not free", 6, 7)],
            id="a cancelled slot that is not offered again",
        ),
        pytest.param(
            [OPENED, BOOKED, deed("leave", "done", 4, 5, "bob")], id="a move of another's booking"
        ),
        pytest.param(
            [OPENED, BOOKED, deed("leave", "not", 4, 5, "ann")],
            id="a booking that its own move does not find",
        ),
        pytest.param(
            [OPENED, HELD, RUNS_OUT, deed("see", FREE, 7, 8)], id="a hold that ends too early"
        ),
        pytest.param(
            [OPENED, HELD, deed("book", "done", 4, 5, "ann"), RUNS_OUT, deed("see", FREE, 9, 10)],
            id="a booking that ends when the hold would have that it began as",
        ),
        pytest.param(
            [OPENED, HELD, deed("release", "done", 4, 5, "ann"),
             deed("hold", "done", 6, 7, "bob"), RUNS_OUT, deed("see", FREE, 9, 10)],
            id="a hold that ends when another's would have",
        ),
        pytest.param(
            [OPENED, HELD, RUNS_OUT, deed("see", FREE, 9, 10), deed("see", held("ann"), 11, 12)],
            id="a hold that has ended for one who answers, and goes on for who asks then",
        ),
    ],
)  # fmt: skip
def test_what_cannot_have_happened_is_not_believed(deeds: list[Deed]) -> None:
    assert not is_serial(deeds)


def a_true_history(dice: random.Random) -> list[Deed]:
    """As a slot that does one thing at a time would answer three clients who ask at any time."""
    deeds, state, now = [OPENED], FREE, 2.0
    for _ in range(60):
        what = dice.choice(["hold", "release", "book", "cancel", "open", "withdraw", "see"])
        who = dice.choice(["ann", "bob", "cid"])
        told = ["done", "taken", "absent", "already"]
        states = [ABSENT, FREE, held("ann"), held("bob"), held("cid")]
        states += [booked("ann"), booked("bob"), booked("cid")]
        for one in states if what == "see" else told:
            asked = Deed(what, one, now - dice.random() * 3, now + dice.random() * 3, who)
            left = after(state, asked)
            if left is not None:
                deeds.append(asked)
                state = left
                break
        now += 1
    return deeds


@pytest.mark.parametrize("seed", range(60))
def test_of_the_states_that_a_true_history_may_have_led_to_no_other_is_believed(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311  the same histories each time
    deeds = a_true_history(dice)
    end = max(deed.answered for deed in deeds) + 1
    states = [ABSENT, FREE, *(to(who) for to in (held, booked) for who in ("ann", "bob", "cid"))]

    believed = [one for one in states if is_serial([*deeds, Deed("see", one, end, end)])]

    assert is_serial(deeds)
    assert 1 <= len(believed) <= 3  # of deeds at the same time any may be the last
    assert not is_serial([*deeds, Deed("see", booked("zoe"), end, end)])


def test_on_a_history_that_has_too_many_orders_the_judge_gives_up() -> None:
    unheard = [deed("book", "unknown", 2, 3, f"p-{n}") for n in range(12)]
    unheard += [deed("cancel", "unknown", 2, 3, f"p-{n}") for n in range(12)]
    untrue = deed("see", ABSENT, 9, 10)

    with pytest.raises(Undecided, match="2 deeds and 24 that may have happened: given up"):
        is_serial([OPENED, untrue, *unheard], most_tried=1_000)
