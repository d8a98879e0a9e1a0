"""How bookable slots are shared among the patients of disrupted bookings."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.offers import Offer, share
from chalicelib.domain.slot import Slot
from tests.support.factories import make_doctor, to_instant

DOCTOR = make_doctor()
LENGTH = timedelta(minutes=30)


def make_offers(count: int) -> list[Offer]:
    starts = [to_instant("09:00") + n * LENGTH for n in range(count)]
    return [Offer(Slot(start=start, end=start + LENGTH), DOCTOR) for start in starts]


@given(slots=st.integers(0, 30), patients=st.integers(1, 30), limit=st.integers(1, 10))
def test_offers_are_spread_evenly_over_patients(slots: int, patients: int, limit: int) -> None:
    offers = make_offers(slots)

    shared = [share(offers, rank, limit) for rank in range(patients)]

    counts = Counter(offer.order for each in shared for offer in each)
    rounds = -(-patients // slots) if slots else 0
    assert all(count <= limit * rounds for count in counts.values())
    for each in shared:
        assert len(each) == min(limit, slots)
        assert each == sorted(each, key=lambda offer: offer.order)


@given(slots=st.integers(1, 30), rank=st.integers(0, 30))
def test_each_patient_is_offered_the_slot_of_their_rank(slots: int, rank: int) -> None:
    offers = make_offers(slots)

    assert offers[rank % slots] in share(offers, rank, 1)
