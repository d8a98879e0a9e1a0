"""The local stage without sign-in: local requests have all permissions, other sites have none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.factories import MONDAY

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

LOCAL_HOST = "127.0.0.1:8000"
DAY_PATH = f"/slots?doctor_id=dr-lee&date={MONDAY}"


@pytest.mark.parametrize("host", [LOCAL_HOST, "localhost", "LOCALHOST:8000", "[::1]:8000", ""])
def test_loopback_hosts_are_allowed(client: AppClient, host: str) -> None:
    assert client.get(DAY_PATH, Host=host).status == 200
    assert client.save("09:00", Host=host).status == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example:8000", "10.0.0.7:8000", "a+b.evil.example:8000",
     "a!b.evil.example", "a~b.evil.example", "a+b.evil.com", "a!b.", "a~b.", "évil.com", "x@evil",
     "évil.example", "x@evil.example", "localhost:80:80", " "],
)  # fmt: skip
def test_other_host_names_are_rejected(client: AppClient, host: str) -> None:
    """A site can resolve its name to this machine and become same-origin (DNS rebinding)."""
    assert client.get(DAY_PATH, Host=host).status == 403
    assert client.save("09:00", Host=host, Origin=f"http://{host}").status == 403
    assert client.item_types()["slot"] == 0


@pytest.mark.parametrize(
    ("proof", "status"),
    [
        ({"Origin": f"http://{LOCAL_HOST}"}, 200),
        ({"Sec_Fetch_Site": "same-origin"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_Fetch_Site": "cross-site", "Origin": f"http://{LOCAL_HOST}"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
    ],
)
def test_cross_site_browser_requests_are_rejected(
    client: AppClient, proof: dict[str, str], status: int
) -> None:
    slots = [{"start": "09:00", "status": "free"}]
    body = {"doctor_id": "dr-lee", "date": MONDAY.isoformat(), "slots": slots}

    assert client.post_slots(body, Host=LOCAL_HOST, **proof).status == status
    assert client.item_types()["slot"] == (1 if status == 200 else 0)
