from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import wire

if TYPE_CHECKING:
    from tests.site import AppClient


def test_the_page_and_its_polls_are_small_on_the_wire(site: AppClient) -> None:
    site.save("09:00", "09:30", "14:00")
    site.hold("09:00")
    site.book("09:30")

    sizes = wire.measure_sizes(site)

    assert {what: size for what, size in sizes.items() if size > wire.MAX_BYTES[what]} == {}
