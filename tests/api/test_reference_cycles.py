"""What a refusal leaves in memory: nothing that only a search for garbage would find."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import pytest

import chalicelib
from tests.support.dynamodb_responses import dynamodb_response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.app_client import AppClient, AppResponse

PACKAGE_DIR = str(Path(chalicelib.__file__).parent)


@contextmanager
def track_garbage() -> Iterator[list[object]]:
    """What was garbage in the end, and would have stayed in memory until somebody looked."""
    found: list[object] = []
    gc.collect()
    gc.disable()
    try:
        yield found
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        found += gc.garbage
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def hold_while_throttled(client: AppClient) -> AppResponse:
    with client.inject_responses(
        "TransactWriteItems", *[dynamodb_response("ThrottlingException") for _ in range(99)]
    ):
        return client.hold("09:00")


@pytest.mark.parametrize(
    ("deed", "status"),
    [
        pytest.param(lambda client: client.hold("09:30", "ivan"), 409, id="a held slot held"),
        pytest.param(lambda client: client.book("10:00", "b-2"), 409, id="a booked slot booked"),
        pytest.param(lambda client: client.cancel("10:00", "b-2"), 409, id="another's cancelled"),
        pytest.param(lambda client: client.save("09:00"), 400, id="a slot opened twice"),
        pytest.param(
            lambda client: client.save("09:00", Accept="text/html"), 400, id="on the page"
        ),
        pytest.param(lambda client: client.get("/slots/nonsense"), 404, id="no slot"),
        pytest.param(hold_while_throttled, 503, id="a busy store"),
    ],
)
def test_failed_write_leaves_no_reference_cycle(
    client: AppClient, deed: Callable[[AppClient], AppResponse], status: int
) -> None:
    client.save("09:00", "09:30", "10:00")
    client.hold("09:30", "hannah")
    client.book("10:00", "b-1")
    deed(client)

    with track_garbage() as garbage:
        refused = deed(client)

    assert refused.status == status
    frames = [one for one in garbage if isinstance(one, FrameType)]
    assert [one.f_code for one in frames if one.f_code.co_filename.startswith(PACKAGE_DIR)] == []
