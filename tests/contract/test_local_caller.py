"""Without sign-in, on a laptop: everybody on it may do everything, and no site by its browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.builders import MONDAY

if TYPE_CHECKING:
    from tests.site import Site

HERE = "127.0.0.1:8000"
DAY = f"/slots?doctor_id=dr-lee&date={MONDAY}"


@pytest.mark.parametrize("host", [HERE, "localhost", "LOCALHOST:8000", "[::1]:8000", ""])
def test_whoever_is_on_this_machine_may_come_in(site: Site, host: str) -> None:
    assert site.get(DAY, Host=host).status == 200
    assert site.save("09:00", Host=host).status == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:8000", "10.0.0.7:8000"])
def test_under_another_name_nobody_may(site: Site, host: str) -> None:
    """A site may have its name lead here, and be of one origin with us then (DNS rebinding)."""
    assert site.get(DAY, Host=host).status == 403
    assert site.save("09:00", Host=host, Origin=f"http://{host}").status == 403
    assert site.kinds()["slot"] == 0


@pytest.mark.parametrize(
    ("proof", "status"),
    [
        ({"Origin": f"http://{HERE}"}, 200),
        ({"Sec_Fetch_Site": "same-origin"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_Fetch_Site": "cross-site", "Origin": f"http://{HERE}"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
    ],
)
def test_a_browser_must_say_that_it_is_by_our_own_page(
    site: Site, proof: dict[str, str], status: int
) -> None:
    slots = [{"start": "09:00", "status": "free"}]
    body = {"doctor_id": "dr-lee", "date": MONDAY.isoformat(), "slots": slots}

    assert site.post(body, Host=HERE, **proof).status == status
    assert site.kinds()["slot"] == (1 if status == 200 else 0)
