"""Publishing events in order, to a bus that may reject some or all of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from chalicelib.domain.events import ChangedSlot, SlotsChanged
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.events.publisher import Entry, EventPublisher, SendResult, batched
from chalicelib.storage.streams import DayImages
from chalicelib.use_cases.publish_changes import PublishChanges, PublishResult
from tests.support.factories import MONDAY, make_day, make_slot, to_instant

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
THROTTLED = ClientError({"Error": {"Code": "ThrottlingException"}}, "PutEvents")
UNREACHABLE = EndpointConnectionError(endpoint_url="https://events")


@dataclass
class FakeEventBridge:
    """A fake EventBridge that rejects entries by index, or whole calls."""

    responses: list[Exception | set[int]] = field(default_factory=list)
    calls: list[list[dict[str, Any]]] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803  AWS's
        self.calls.append(Entries)
        response = self.responses.pop(0) if self.responses else set[int]()
        if isinstance(response, Exception):
            raise response
        self.accepted += [e["Detail"] for n, e in enumerate(Entries) if n not in response]
        rejected = {"ErrorCode": "ThrottlingException", "ErrorMessage": "Slow down"}
        entries = [rejected if n in response else {"EventId": f"{n}"} for n in range(len(Entries))]
        return {"FailedEntryCount": entries.count(rejected), "Entries": entries}


def make_event(doctor_id: str = "dr-lee", revision: int = 1, slots: int = 1) -> SlotsChanged:
    """Make an event with a number of slots, each of the maximum length in JSON."""
    start = to_instant("00:00")
    changed = ChangedSlot(
        slot=Slot(
            start=start,
            end=start + timedelta(minutes=15),
            status=SlotStatus.HELD,
            held_until=NOW,
        ),
        previous_status=SlotStatus.UNAVAILABLE,
    )
    return SlotsChanged(
        doctor_id=doctor_id,
        date=MONDAY,
        revision=revision,
        changed_at=NOW,
        slots=(changed,) * slots,
    )


def publish(bus: FakeEventBridge, *events: SlotsChanged) -> SendResult:
    return EventPublisher(bus, "subscribers").publish(events)


def accepted_ids(bus: FakeEventBridge) -> list[str]:
    """Return the ids of the accepted events, in order."""
    return [detail.partition('"id":"')[2].partition('"')[0] for detail in bus.accepted]


def test_event_has_source_type_and_time() -> None:
    bus = FakeEventBridge()

    assert publish(bus, make_event()) == SendResult(accepted_count=1)

    ((entry,),) = bus.calls
    assert entry.pop("Detail").startswith('{"schema_version":1,"id":"dr-lee~2026-11-23~1"')
    assert entry == {
        "EventBusName": "subscribers",
        "Source": "medilink.slots",
        "DetailType": "SlotsChanged",
        "Time": NOW,
    }


def test_ten_doctors_fit_in_one_call() -> None:
    bus = FakeEventBridge()

    publish(bus, *(make_event(f"dr-{n}") for n in range(21)))

    assert [len(call) for call in bus.calls] == [10, 10, 1]


def test_events_of_one_doctor_are_in_separate_calls() -> None:
    bus = FakeEventBridge()

    publish(
        bus, make_event("dr-a"), make_event("dr-b"), make_event("dr-a", 2), make_event("dr-b", 2)
    )

    assert [len(call) for call in bus.calls] == [2, 2]


def test_call_stays_below_size_limit() -> None:
    bus = FakeEventBridge()
    # More slots than one save can open: a day can keep slots of earlier lengths.
    longest = [make_event(f"{n}".zfill(64), slots=120) for n in range(10)]

    sent = publish(bus, *longest)

    assert sent == SendResult(accepted_count=10)
    assert len(bus.calls) == 2
    for call in bus.calls:
        assert sum(len(entry["Detail"]) for entry in call) < 256 * 1024


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 150)), max_size=60))
def test_batches_keep_order_within_all_limits(
    sizes: list[tuple[int, int]],
) -> None:
    entries = [Entry.from_event(make_event(f"dr-{n}", slots=slots)) for n, slots in sizes]

    batches = list(batched(entries))

    assert [entry for batch in batches for entry in batch] == entries
    for batch in batches:
        assert 1 <= len(batch) <= 10
        assert len({entry.doctor_id for entry in batch}) == len(batch)
        assert sum(entry.size for entry in batch) < 256 * 1024


def test_publishing_stops_at_first_failed_event() -> None:
    bus = FakeEventBridge([set(), {1}])

    sent = publish(
        bus,
        *(make_event(f"dr-{n}") for n in range(10)),
        *(make_event(f"dr-{n}", 2) for n in range(3)),
        *(make_event(f"dr-{n}", 3) for n in range(3)),
    )

    assert sent == SendResult(accepted_count=11, error_code="ThrottlingException")
    assert len(bus.calls) == 2


def test_no_later_event_of_same_doctor_follows_failed_one() -> None:
    bus = FakeEventBridge([{0}])

    publish(
        bus,
        make_event("dr-a", 1),
        make_event("dr-b", 1),
        make_event("dr-a", 2),
        make_event("dr-b", 2),
    )

    assert accepted_ids(bus) == ["dr-b~2026-11-23~1"]


def test_failed_call_publishes_nothing() -> None:
    for error, code in (
        (THROTTLED, "ThrottlingException"),
        (UNREACHABLE, "EndpointConnectionError"),
    ):
        bus = FakeEventBridge([set(), error])

        sent = publish(bus, make_event("dr-a"), make_event("dr-a", 2), make_event("dr-a", 3))

        assert sent == SendResult(accepted_count=1, error_code=code)
        assert accepted_ids(bus) == ["dr-a~2026-11-23~1"]


def make_record(sequence_number: str, doctor_id: str, revision: int) -> DayImages:
    """Make a stream record of a doctor's Monday to which a slot was added."""
    slots = [make_slot(f"{hour:02}:00") for hour in range(revision)]
    after = replace(make_day(*slots, version=revision), doctor_id=doctor_id)
    before = replace(make_day(*slots[:-1], version=revision - 1), doctor_id=doctor_id)
    return DayImages(
        sequence_number=sequence_number, timestamp=NOW, old=before if slots[1:] else None, new=after
    )


def publish_changes(bus: FakeEventBridge, *records: DayImages) -> PublishResult:
    return PublishChanges(EventPublisher(bus, "subscribers"), lambda: None).publish(records)


def test_repeated_batch_publishes_equal_entries() -> None:
    bus = FakeEventBridge()
    records = make_record("100", "dr-a", 1), make_record("200", "dr-a", 2)

    publish_changes(bus, *records)
    publish_changes(bus, *records)

    first, second, *repeated = bus.calls
    assert repeated == [first, second]
    assert {entry["Time"] for (entry,) in bus.calls} == {NOW}


def test_stream_resumes_at_first_failed_record() -> None:
    bus = FakeEventBridge([{1}])

    response = publish_changes(
        bus,
        make_record("100", "dr-a", 1),
        make_record("200", "dr-b", 1),
        make_record("300", "dr-a", 2),
    )

    assert response == PublishResult(
        published_count=1, failed_sequence_number="200", error_code="ThrottlingException"
    )


def test_records_without_changes_do_not_shift_resume_point() -> None:
    moved = make_record("100", "dr-a", 1)
    moved = structs.replace(moved, old=moved.new)
    bus = FakeEventBridge([set(), THROTTLED])

    response = publish_changes(
        bus, moved, make_record("200", "dr-a", 1), moved, make_record("400", "dr-a", 2)
    )

    assert response == PublishResult(
        published_count=1, failed_sequence_number="400", error_code="ThrottlingException"
    )


@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=25),
    st.lists(
        st.one_of(st.sets(st.integers(0, 9)), st.sampled_from([THROTTLED, UNREACHABLE])), max_size=8
    ),
)
def test_resumed_publishing_keeps_order_per_doctor(
    doctors: list[int], failures: list[Exception | set[int]]
) -> None:
    revisions = [doctors[:n].count(doctor) + 1 for n, doctor in enumerate(doctors)]
    records = [
        make_record(f"{n:03}", f"dr-{doctor}", revision)
        for n, (doctor, revision) in enumerate(zip(doctors, revisions, strict=True))
    ]
    bus = FakeEventBridge(list(failures))

    resume_at: str | None = "000"
    while resume_at is not None:
        resume_at = publish_changes(
            bus, *(record for record in records if record.sequence_number >= resume_at)
        ).failed_sequence_number

    for doctor in set(doctors):
        published = [name for name in accepted_ids(bus) if name.startswith(f"dr-{doctor}~")]
        first_of_each = list(dict.fromkeys(published))
        assert first_of_each == [
            f"dr-{doctor}~2026-11-23~{n + 1}" for n in range(doctors.count(doctor))
        ]
