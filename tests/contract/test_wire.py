from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import wire

if TYPE_CHECKING:
    from tests.site import Site


def test_the_page_and_its_polls_are_small_on_the_wire(site: Site) -> None:
    site.save("09:00", "09:30", "14:00")
    site.hold("09:00")
    site.book("09:30")

    sizes = wire.sizes(site)

    assert {what: size for what, size in sizes.items() if size > wire.LIMITS[what]} == {}
