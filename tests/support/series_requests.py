"""Random requests of series, for model-based tests."""

from __future__ import annotations

from hypothesis import strategies as st

from chalicelib.domain.local_time import parse_time_of_day
from chalicelib.domain.series import TimeRange
from chalicelib.use_cases.propose_series import SeriesRequest
from tests.support.plan_twins import DATES

HOURS = [("09:00", "10:00"), ("09:30", "11:00"), ("10:00", "10:30"), ("09:00", "11:00")]


def make_request(
    hours: dict[int, tuple[str, str]], first: int, every: int, end: int | None
) -> SeriesRequest:
    return SeriesRequest(
        name="Any",
        weekly={
            weekday: (TimeRange(parse_time_of_day(start), parse_time_of_day(finish)),)
            for weekday, (start, finish) in sorted(hours.items())
        },
        every_weeks=every,
        first=DATES[first],
        last=None if end is None else max(DATES[first], DATES[end]),
    )


series_requests = st.builds(
    make_request,
    hours=st.dictionaries(st.integers(0, 6), st.sampled_from(HOURS), min_size=1, max_size=3),
    first=st.sampled_from([0, 0, 0, 3]),
    every=st.sampled_from([1, 1, 2]),
    end=st.sampled_from([None, None, 6]),
)
