"""Rejected requests leave no reference cycles, which only the garbage collector would free."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import pytest

import chalicelib
from tests.support.dynamodb_responses import TRANSACT_WRITE, dynamodb_response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.app_client import AppClient, AppResponse


PACKAGE_DIR = str(Path(chalicelib.__file__).parent)


@contextmanager
def track_garbage() -> Iterator[list[object]]:
    """Yield a list that has, after the block, the objects that were in reference cycles."""
    garbage: list[object] = []
    gc.disable()
    gc.freeze()  # the collection does not look at what is older than the block
    try:
        yield garbage
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        garbage += gc.garbage
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.unfreeze()
        gc.enable()


def hold_while_throttled(client: AppClient) -> AppResponse:
    with client.inject_responses(
        TRANSACT_WRITE, *[dynamodb_response("ThrottlingException") for _ in range(99)]
    ):
        return client.hold("09:00")


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        pytest.param(lambda client: client.hold("09:30", "ivan"), 409, id="hold held slot"),
        pytest.param(lambda client: client.book("10:00", "b-2"), 409, id="book booked slot"),
        pytest.param(lambda client: client.cancel("10:00", "b-2"), 409, id="cancel other booking"),
        pytest.param(lambda client: client.save("09:00"), 400, id="open slot twice"),
        pytest.param(
            lambda client: client.save("09:00", Accept="text/html"),
            400,
            id="open slot twice on page",
        ),
        pytest.param(lambda client: client.get("/slots/nonsense"), 404, id="missing slot"),
        pytest.param(hold_while_throttled, 503, id="throttled store"),
    ],
)
def test_failed_write_leaves_no_reference_cycle(
    client: AppClient, operation: Callable[[AppClient], AppResponse], status: int
) -> None:
    client.save("09:00", "09:30", "10:00")
    client.hold("09:30", "hannah")
    client.book("10:00", "b-1")
    operation(client)

    with track_garbage() as garbage:
        rejected = operation(client)

    assert rejected.status == status
    frames = [item for item in garbage if isinstance(item, FrameType)]
    assert [
        frame.f_code for frame in frames if frame.f_code.co_filename.startswith(PACKAGE_DIR)
    ] == []
