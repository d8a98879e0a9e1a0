"""The app clients of booking sites in the identity provider's template."""

from __future__ import annotations

from local.booking_sites import DEMO_SITES, load_template
from local.identity_provider import INFRASTRUCTURE


def test_removed_booking_site_leaves_the_others_unchanged() -> None:
    every = load_template(INFRASTRUCTURE, DEMO_SITES)
    others = load_template(
        INFRASTRUCTURE, {key: DEMO_SITES[key] for key in ("ReadingSite", "SecondSite")}
    )

    removed = every["Resources"].keys() - others["Resources"].keys()
    assert removed == {"BookingSiteClient"}
    assert others["Resources"].items() <= every["Resources"].items()
    assert every["Outputs"].keys() - others["Outputs"].keys() == {"BookingSiteClientId"}
