from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import payload_size

if TYPE_CHECKING:
    from tests.support.app_client import AppClient


def test_page_and_polls_stay_within_size_limits(client: AppClient) -> None:
    client.save("09:00", "09:30", "14:00")
    client.hold("09:00")
    client.book("09:30")

    sizes = payload_size.measure_sizes(client)

    assert {what: size for what, size in sizes.items() if size > payload_size.MAX_BYTES[what]} == {}
