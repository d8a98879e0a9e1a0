"""The identity provider's template: ``cognito.json``, with an app client for each booking site."""

import json
from pathlib import Path
from typing import Any

# Those of the local server. With two that book, you can see that each has only its own bookings.
DEMO_SITES: dict[str, Any] = {
    "BookingSite": {"name": "Sample booking site", "scopes": ["slots/read", "slots/book"]},
    "ReadingSite": {"name": "Reading site", "scopes": ["slots/read"]},
    "SecondSite": {"name": "Second booking site", "scopes": ["slots/read", "slots/book"]},
}


def load_template(folder: Path, sites: dict[str, Any]) -> dict[str, Any]:
    """Add a client of each site, and an output of its id.

    So each booking site has a secret of its own, and can be removed without the others.
    """
    template: dict[str, Any] = json.loads((folder / "cognito.json").read_text("utf-8"))
    client = json.loads((folder / "booking_site.json").read_text("utf-8"))
    for key, site in sites.items():
        own = {"ClientName": site["name"], "AllowedOAuthScopes": site["scopes"]}
        template["Resources"][f"{key}Client"] = client | {"Properties": client["Properties"] | own}
        template["Outputs"][f"{key}ClientId"] = {"Value": {"Ref": f"{key}Client"}}
    return template
