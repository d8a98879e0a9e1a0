"""The app clients of booking sites in the identity provider's template."""

from __future__ import annotations

from local.booking_sites import DEMO_SITES, load_template
from local.identity_provider import INFRASTRUCTURE


def test_removed_booking_site_leaves_the_others_unchanged() -> None:
    both = load_template(INFRASTRUCTURE, DEMO_SITES)
    one = load_template(INFRASTRUCTURE, {"ReadingSite": DEMO_SITES["ReadingSite"]})

    removed = both["Resources"].keys() - one["Resources"].keys()
    assert removed == {"BookingSiteClient"}
    assert one["Resources"].items() <= both["Resources"].items()
    assert both["Outputs"].keys() - one["Outputs"].keys() == {"BookingSiteClientId"}
