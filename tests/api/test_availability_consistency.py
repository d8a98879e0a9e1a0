"""List, search, hold and book agree on which slots are available, at every boundary."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.factories import MONDAY, to_instant
from tests.support.profile import rounds

if TYPE_CHECKING:
    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient


START = to_instant("09:00")
ONE_MICROSECOND = timedelta(microseconds=1)
LEAD_TIME = timedelta(minutes=90)
HOLD_DURATION = timedelta(minutes=5)

offsets = st.sampled_from(
    [-timedelta(seconds=1), -ONE_MICROSECOND, timedelta(), ONE_MICROSECOND, timedelta(seconds=1)]
)
# Distances from the slot's start at which it begins, or its lead time or booking window ends.
boundaries = st.sampled_from(
    [
        START,
        START - LEAD_TIME,
        to_instant("00:00"),
        to_instant("00:00") - timedelta(days=1),
        to_instant("12:00"),
    ]
)
times_near_boundary = st.builds(lambda boundary, moment: boundary + moment, boundaries, offsets)


# Random values alone would miss some of the boundaries.
@example(now=START - LEAD_TIME, lead=90, held=None)
@example(now=START - LEAD_TIME + ONE_MICROSECOND, lead=90, held=None)
@example(now=START - ONE_MICROSECOND, lead=0, held=None)
@example(now=START, lead=0, held=None)
@example(now=to_instant("00:00"), lead=0, held=timedelta())
@given(now=times_near_boundary, lead=st.sampled_from([0, 90]), held=st.none() | offsets)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=rounds(daily=5, nightly=500),
)
def test_list_hold_and_book_agree_on_availability(
    site: AppClient, sign_in: SignIn, now: datetime, lead: int, held: timedelta | None
) -> None:
    """``held``: the time since another client's hold expired; negative before its end."""
    admin = sign_in("admin")
    site.truncate()
    site.clock.now = to_instant("09:00") - timedelta(days=2)
    admin.put("/doctors/dr-edge", {
        "name": "Dr Edge", "specialty": "edges", "location": "Leeds", "time_zone": "Europe/London",
        "slot_minutes": 30, "sessions": [{"from": "09:00", "to": "09:30"}], "lead_minutes": 0,
        "window_days": 2,
    })  # fmt: skip
    admin.save("09:00", doctor_id="dr-edge")
    if held is not None:
        site.clock.now = now - held - HOLD_DURATION
        site.put("/slots/dr-edge~20261123T0900Z/hold", {"holder": "other", "seconds": 300})
    site.clock.now = now
    admin.update_doctor("dr-edge", lead_minutes=lead, window_days=1)

    query = f"from={MONDAY}&to={MONDAY}"
    listed = site.get(f"/doctors/dr-edge/slots?{query}").json
    found = site.get(f"/availability?specialty=edges&{query}").json["doctors"]
    path = "/slots/dr-edge~20261123T0900Z"
    hold = site.put(f"{path}/hold", {"holder": "h", "seconds": 30})
    site.delete(f"{path}/hold?holder=h")
    booking = site.put(f"{path}/booking", {"booking_id": "b", "patient_reference": "p"})

    is_listed = len(listed["slots"]) == 1
    assert is_listed == (listed["next_available"] is not None)
    assert is_listed == (len(found) == 1)
    assert is_listed == (hold.status == 200), hold.text
    assert is_listed == (booking.status == 201), booking.text
    if held is None:
        lead_over = now <= START - timedelta(minutes=lead)
        assert is_listed == (
            lead_over and now < START and now >= to_instant("00:00") - timedelta(days=1)
        )
