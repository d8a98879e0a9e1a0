"""Each call of DynamoDB that each request makes, and everything that may become of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults import IS_LONG, trouble
from tests.faults.deeds import READS, WRITES
from tests.faults.trouble import ALL, ENDLESS, USUAL, Calls
from tests.faults.whole import require_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.faults.conftest import Stage
    from tests.faults.deeds import Deed
    from tests.site import Answer, Site

    RawItem = dict[str, Any]

HOW_LONG: dict[str, tuple[Sequence[str], Callable[[int], int]]] = {
    "one call": (ALL if IS_LONG else USUAL, lambda number: number + 1),
    "no end": (ENDLESS, lambda _number: 99),
}
of_any_length = pytest.mark.parametrize("how_long", HOW_LONG)


def begin(stage: Stage, deed: Deed) -> Site:
    site = stage.reset()
    if deed.known:
        assert site.get("/doctors/dr-lee/slots").status == 200
    return site


def told(answer: Answer) -> tuple[int, str, str | None]:
    """But for what is drawn by lot in each form."""
    text = re.sub('name="request_id" value="[0-9a-f]{32}"', "", answer.text)
    return answer.status, text, answer.headers.get("ETag")


def stored(items: Sequence[RawItem]) -> list[RawItem]:
    """What is stored, apart from how often it was stored."""
    counted = {"day": "revision", "doctor": "version"}
    return [
        {name: value for name, value in item.items() if name != counted.get(item["type"]["S"])}
        for item in items
    ]


def require_later(answer: Answer, what: str) -> None:
    assert (answer.status, answer.headers.get("Retry-After")) == (503, "1"), what


def troubles(how_long: str, made: Sequence[str]) -> Iterator[tuple[Calls, str]]:
    """What may become of each of these calls, and how to say it."""
    names, end = HOW_LONG[how_long]
    for number, operation in enumerate(made):
        for name in names:
            if trouble.of(name, operation):
                yield Calls(name, number, end(number)), f"{name} of call {number}, {operation}"


@of_any_length
@pytest.mark.parametrize("deed", READS.values(), ids=list(READS))
def test_a_read_that_fails_is_answered_as_ever_or_by_503_and_never_by_less(
    stage: Stage, deed: Deed, how_long: str
) -> None:
    site = begin(stage, deed)
    with Calls().watched() as clean:
        expected = told(deed.send(site))
    assert clean.made

    for calls, what in troubles(how_long, clean.made):
        site = begin(stage, deed)
        with calls.watched():
            answer = deed.send(site)

        assert calls.met, what
        if answer.status != expected[0]:
            require_later(answer, what)
        else:
            assert told(answer) == expected, what
        assert told(deed.send(site)) == expected, what


@of_any_length
@pytest.mark.parametrize("deed", WRITES.values(), ids=list(WRITES))
def test_a_write_that_fails_is_done_whole_or_not_at_all_and_once_when_it_is_sent_again(
    stage: Stage, deed: Deed, how_long: str
) -> None:
    site = begin(stage, deed)
    before = stored(site.export())
    with Calls().watched() as clean:
        expected = deed.send(site)
    after = stored(site.export())
    again = deed.send(site)
    assert clean.made
    assert stored(site.export()) == after

    for calls, what in troubles(how_long, clean.made):
        site = begin(stage, deed)
        with calls.watched():
            answer = deed.send(site)

        assert calls.met, what
        left = site.export()
        require_whole(left)
        if answer.status != expected.status:
            require_later(answer, what)
            assert deed.in_steps or stored(left) in (before, after), what
        else:
            assert stored(left) == after, what
        calls.deliver_late()
        require_whole(site.export())
        assert deed.send(site).status in (expected.status, again.status), what
        assert stored(site.export()) == after, what
