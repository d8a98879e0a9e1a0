"""The DynamoDB calls that each request makes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from chalicelib.domain.slot import format_start
from tests.support.app_client import build_services, make_slot_id
from tests.support.dynamodb_responses import TRANSACT_WRITE
from tests.support.factories import MONDAY, to_instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient, AppResponse

    Operation = Callable[[AppClient], AppResponse]


pytestmark = pytest.mark.usefixtures("cached_doctor")


ONE_TRANSACTION = [TRANSACT_WRITE]


CLAIM_OPERATIONS: dict[str, Operation] = {
    "hold": lambda client: client.hold("09:00"),
    "book": lambda client: client.book("09:00", "b-9"),
    "move": lambda client: client.book("09:00", "b-1", moves=make_slot_id("10:00")),
}


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param(lambda client: client.hold("09:00"), id="hold"),
        pytest.param(lambda client: client.release("09:30", "hannah"), id="release"),
        pytest.param(lambda client: client.book("09:00", "b-9"), id="book"),
        pytest.param(lambda client: client.book("09:30", "b-9", holder="hannah"), id="book-held"),
        pytest.param(lambda client: client.cancel("10:00", "b-1"), id="cancel"),
        pytest.param(
            lambda client: client.book("10:30", "b-1", moves=make_slot_id("10:00")),
            id="move-within-day",
        ),
    ],
)
def test_patient_operation_is_one_transaction(client: AppClient, operation: Operation) -> None:
    before = client.export()

    with client.record_calls() as calls:
        response = operation(client)

    assert response.status in {200, 201, 204}
    assert client.export() != before
    assert calls == ONE_TRANSACTION


def test_move_between_doctors_is_one_transaction(client: AppClient) -> None:
    client.save("09:00", doctor_id="dr-twenty")
    client.clock.now += timedelta(seconds=1)
    client.get_slot("09:00", "dr-twenty")

    with client.record_calls() as calls:
        moved = client.book("09:00", "b-1", "dr-twenty", moves=make_slot_id("10:00"))

    assert (moved.status, calls) == (201, ONE_TRANSACTION)


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        pytest.param(lambda client: client.hold("09:30", "ivan"), 409, id="hold-held"),
        pytest.param(lambda client: client.hold("10:00"), 409, id="hold-booked"),
        pytest.param(lambda client: client.hold("12:30"), 404, id="hold-missing"),
        pytest.param(
            lambda client: client.release("09:30", "ivan"), 409, id="release-other-holder"
        ),
        pytest.param(lambda client: client.release("09:00", "ivan"), 204, id="release-free"),
        pytest.param(lambda client: client.book("09:30", "b-2"), 409, id="book-held"),
        pytest.param(lambda client: client.book("10:00", "b-2"), 409, id="book-booked"),
        pytest.param(lambda client: client.book("10:00", "b-1"), 200, id="repeat-booking"),
        pytest.param(lambda client: client.cancel("10:00", "b-2"), 409, id="cancel-other-booking"),
        pytest.param(lambda client: client.cancel("09:00", "b-1"), 204, id="cancel-free"),
        pytest.param(
            lambda client: client.book("09:30", "b-1", moves=make_slot_id("10:00")),
            409,
            id="move-to-held",
        ),
        pytest.param(
            lambda client: client.book("09:00", "b-2", moves=make_slot_id("10:00")),
            409,
            id="move-other-booking",
        ),
    ],
)
def test_state_conflict_is_reported_by_the_same_transaction(
    client: AppClient, operation: Operation, status: int
) -> None:
    before = client.export()

    with client.record_calls() as calls:
        response = operation(client)

    assert (response.status, calls) == (status, ONE_TRANSACTION)
    assert client.export() == before


@pytest.mark.parametrize("operation", CLAIM_OPERATIONS.values(), ids=CLAIM_OPERATIONS)
def test_time_violation_costs_one_read(client: AppClient, operation: Operation) -> None:
    client.clock.now = to_instant("09:00")
    client.get_slot("09:00")

    with client.record_calls() as calls:
        rejected = operation(client)

    assert rejected.error_codes == [("2026-11-23T09:00:00+00:00", "in_past")]
    assert calls == ["BatchGetItem"]


@pytest.mark.parametrize("operation", [CLAIM_OPERATIONS["hold"], CLAIM_OPERATIONS["book"]])
def test_lead_time_costs_booking_site_one_read(
    client: AppClient, sign_in: SignIn, operation: Operation
) -> None:
    site = sign_in("slots/book")
    client.clock.now = to_instant("08:00")
    sign_in("admin").update_doctor(lead_minutes=90)

    with client.record_calls() as calls:
        rejected = operation(site)

    assert rejected.error_codes == [("2026-11-23T09:00:00+00:00", "not_bookable")]
    assert calls == ["BatchGetItem"]


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        pytest.param(
            lambda client: client.hold("09:30", "hannah"), ONE_TRANSACTION * 2, id="renew-hold"
        ),
        pytest.param(
            lambda client: client.override("release", "09:30"),
            ["BatchGetItem", *ONE_TRANSACTION],
            id="release-override",
        ),
        pytest.param(
            lambda client: client.override("disrupt", "10:00"),
            ["BatchGetItem", *ONE_TRANSACTION],
            id="disrupt",
        ),
        pytest.param(
            lambda client: client.override("revoke", "10:00"),
            ["BatchGetItem", *ONE_TRANSACTION],
            id="revoke",
        ),
        pytest.param(
            lambda client: client.delete("/doctors/dr-lee/holds?client_id=practice"),
            ["GetItem", "BatchGetItem", *ONE_TRANSACTION],
            id="end-holds",
        ),
        pytest.param(lambda client: client.list_bookings(), ["Query"], id="list-bookings"),
    ],
)
def test_rare_operation_costs_at_most_one_call_more(
    client: AppClient, operation: Operation, expected: list[str]
) -> None:
    with client.record_calls() as calls:
        assert operation(client).status == 200

    assert calls == expected


def test_hold_at_the_limit_costs_second_transaction(client: AppClient) -> None:
    settings = structs.replace(client.services.settings, max_holds_per_client=1)
    client.use_services(build_services(settings, client.clock))
    client.clock.now += timedelta(minutes=5)
    client.get_slot("09:00")

    with client.record_calls() as calls:
        assert client.hold("09:00", "ivan").status == 200

    assert calls == ONE_TRANSACTION * 2


@pytest.mark.parametrize("operation", CLAIM_OPERATIONS.values(), ids=CLAIM_OPERATIONS)
def test_slot_of_other_length_costs_second_transaction(
    client: AppClient, operation: Operation
) -> None:
    client.set_slot_minutes("dr-lee", minutes=60)

    with client.record_calls() as calls:
        assert operation(client).status in {200, 201}

    assert calls == ONE_TRANSACTION * 2


def test_get_slot_is_one_read(client: AppClient) -> None:
    with client.record_calls() as calls:
        assert client.get_slot("09:00").status == 200

    assert calls == ["BatchGetItem"]


def test_doctor_is_cached_for_ten_seconds_then_read_once(client: AppClient) -> None:
    cached_at = client.clock.now - timedelta(seconds=1)
    client.clock.now = cached_at + timedelta(seconds=9, microseconds=999_999)
    with client.record_calls() as cached:
        client.hold("09:00")
    client.clock.now = cached_at + timedelta(seconds=10)
    with client.record_calls() as expired:
        client.release("09:00")
    client.clock.now += timedelta(seconds=1)
    with client.record_calls() as cached_again:
        client.book("09:00", "b-9")

    assert cached == ONE_TRANSACTION
    assert expired == ["GetItem", *ONE_TRANSACTION]
    assert cached_again == ONE_TRANSACTION


def test_doctor_settings_cost_two_reads_and_one_write(client: AppClient) -> None:
    settings = client.get("/doctors/dr-lee").json

    with client.record_calls() as changed:
        assert client.put("/doctors/dr-lee", settings | {"lead_minutes": 60}).status == 200
    with client.record_calls() as added:
        settings |= {"doctor_id": "dr-new", "delegates": []}
        assert client.put("/doctors/dr-new", settings).status == 201

    # An admin's doctor also gets the closures of the practice to come: there are none.
    assert changed == added == ["GetItem", *ONE_TRANSACTION, "Query"]


def test_cached_day_poll_is_one_read_of_one_item(client: AppClient) -> None:
    services = client.services

    with client.record_calls() as calls:
        doctor_day = services.manage_slots.get_day_cached(client.caller, "dr-lee", MONDAY)

    assert len(doctor_day.day.slots) == 4
    assert calls == ["GetItem"]


def test_cached_day_poll_reads_unknown_doctor_in_same_batch(client: AppClient) -> None:
    client.clock.now += timedelta(seconds=10)
    services = client.services

    with client.record_calls() as calls:
        services.manage_slots.get_day_cached(client.caller, "dr-lee", MONDAY)

    assert calls == ["BatchGetItem"]


def test_rejected_save_costs_two_reads_and_repeated_save_one(
    client: AppClient,
) -> None:
    client.save("11:00", Idempotency_Key="once")

    with client.record_calls() as rejected:
        assert client.save("11:00").status == 400
    with client.record_calls() as repeated:
        assert client.save("11:00", Idempotency_Key="once").status == 200

    assert rejected == ["BatchGetItem"] * 2
    assert repeated == ["BatchGetItem"]


@pytest.mark.parametrize(
    ("initial", "status", "reads"),
    [
        (["09:00", "10:30"], 200, ["BatchGetItem"]),
        # The queries read who opened the slot.
        (["10:30"], 400, ["BatchGetItem", "BatchGetItem", "Query", "Query"]),
    ],
    ids=["unchanged", "rejected"],
)
def test_noop_form_is_not_read_again_to_render(
    client: AppClient, initial: list[str], status: int, reads: list[str]
) -> None:
    starts = {time: format_start(to_instant(time)) for time in ("09:00", "10:30")}
    form: dict[str, object] = {
        "doctor_id": "dr-lee",
        "date": MONDAY.isoformat(),
        "version": "1",
        "request_id": "once",
        "shown": [starts[time] for time in initial],
        "offered": [*starts.values()],
        "ticked": [*starts.values()],
    }

    with client.record_calls() as calls:
        assert client.post_form(form, HX_Request="true").status == status

    assert calls == reads
