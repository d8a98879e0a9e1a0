"""The conditions of the protocol model are those that the storage layer sends."""

from __future__ import annotations

import re
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any

import pytest

from tests.model.saves import Save
from tests.model.scenarios import KNOWN_LIMITS, SCENARIOS
from tests.model.schedules import Schedule, run
from tests.model.table import Safeguard
from tests.support.conditions import list_conditions
from tests.support.protocol_actors import ProtocolActors

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.model.table import Write
    from tests.support.app_client import AppClient

    # For each item that a transaction writes: its kind, and what must hold.
    Conditions = list[tuple[str, list[str]]]


EVERY_SCENARIO = SCENARIOS | KNOWN_LIMITS
NEW = ("attribute_not_exists (PK)",)
OLDER = ("attribute_not_exists (changed_at) OR changed_at < :at",)
EXPRESSIONS: dict[Safeguard, tuple[str, ...]] = {
    Safeguard.DAY_IS_NEW: NEW,
    Safeguard.DAY_VERSION: ("version = :number",),
    Safeguard.SLOT_IS_NEW: NEW,
    Safeguard.SLOT_IS_CLOSABLE: (
        "status = 'free' OR (status = 'busy-tentative' AND held_until <= :now)",
    ),
    Safeguard.SLOT_CAN_BE_HELD: (
        "status = 'free' OR (status = 'busy-tentative' AND held_until <= :now)",
    ),
    Safeguard.SLOT_CAN_BE_BOOKED: (
        (
            "status = 'free' OR (status = 'busy-tentative' AND (held_until <= :now"
            " OR (holder = :client AND (client = :client OR attribute_not_exists (client)))))"
        ),
    ),
    Safeguard.DAY_HAS_NO_TIME_OFF: ("attribute_not_exists (blocked_version)",),
    Safeguard.TIME_OFF_IS_KNOWN: ("blocked_version = :number",),
    Safeguard.SLOT_HAS_BOOKING: (
        "status = 'busy'",
        "booking_id = :booking",
        "client = :client OR attribute_not_exists (client)",
    ),
    Safeguard.SLOT_CHANGED_BEFORE: OLDER,
    Safeguard.BOOKING_IS_NEW: NEW,
    Safeguard.BOOKING_IS_THIS: (
        "attribute_not_exists (PK) OR (slot_id = :slot AND patient_reference = :patient)",
    ),
    Safeguard.CHANGE_IS_NEW: NEW,
    Safeguard.ENTRY_IS_NEW: NEW,
}
NOT_IN_THE_MODEL = {
    ("doctor", "GSI1SK = :key"): "protects the index of the search, not the day",
    ("slot", "end = :start"): "slots of the model have one length",
    ("slot", "attribute_not_exists (disrupted_since)"): "no slot of the model is disrupted",
    ("slot", "attribute_not_exists (patient_reference) OR patient_reference = :patient"): (
        "concerns bookings that are older than their records"
    ),
    ("day", "attribute_exists (slots.:start)"): (
        "DynamoDB rejects a write to a missing entry of the map in any case"
    ),
    ("booking", "attribute_not_exists (PK) OR slot_id = :slot"): (
        "concerns bookings that are older than their records"
    ),
    ("holds", "attribute_not_exists (held) OR contains (held, :start) OR size (held) < :number"): (
        "limits the holds of a client, whatever the day has"
    ),
}
VALUES = {
    r"free|busy|busy-tentative": "'{}'",
    r"\d{4}-\d\d-\d\dT\d\d:\d\dZ": ":start",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ": ":now",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z": ":at",
    r"dr-lee~\d{8}T\d{4}Z": ":slot",
    r"\d+": ":number",
    r"b\d": ":booking",
    r"[pq]": ":patient",
    r"Ann|Ben|Cid": ":client",
    r"cardiology#.*": ":key",
}
KINDS = {
    "PROFILE": "doctor",
    "DAY": "day",
    "SLOT": "slot",
    "CHANGE": "change",
    "HOLDS": "holds",
    "BOOKING": "booking",
}


def name_value(value: str) -> str:
    """Return what a value is, by its form."""
    (name,) = {name for form, name in VALUES.items() if re.fullmatch(form, value)}
    return name.format(value)


def conditions_sent(items: list[dict[str, Any]]) -> Conditions:
    """Return what a recorded transaction requires of each item."""
    found = []
    for action in items:
        (write,) = action.values()
        key = write.get("Item", write.get("Key"))
        is_entry = key["PK"]["S"].startswith("AUDIT#")
        kind = "audit" if is_entry else KINDS[key["SK"]["S"].partition("#")[0]]
        found.append((kind, list_conditions(write, name_value)))
    return found


def known_to_model(sent: Conditions) -> Conditions:
    """Leave out what the model lacks: some conditions, and items that have no others."""
    known = [
        (kind, [each for each in conditions if (kind, each) not in NOT_IN_THE_MODEL])
        for kind, conditions in sent
    ]
    return sorted((kind, each) for kind, each in known if each or kind not in {"doctor", "holds"})


def conditions_of_model(writes: Sequence[Write]) -> Conditions:
    return sorted(
        (write.key[0], sorted(chain.from_iterable(EXPRESSIONS[each] for each in write.requires)))
        for write in writes
    )


def without_repeats(transactions: Iterable[Conditions]) -> list[Conditions]:
    """Leave out further attempts that require the same."""
    return [conditions for conditions, _ in groupby(transactions)]


RUNS = [
    *((name, Schedule.ONE_AFTER_ANOTHER) for name in EVERY_SCENARIO),
    *(
        (name, Schedule.BETWEEN_READ_AND_COMMIT)
        for name, scenario in SCENARIOS.items()
        if isinstance(scenario.actors[0], Save)
    ),
]


@pytest.mark.parametrize(("name", "schedule"), RUNS)
def test_app_sends_conditions_of_model(client: AppClient, name: str, schedule: Schedule) -> None:
    scenario = EVERY_SCENARIO[name]
    expected = run(scenario, schedule)
    app = ProtocolActors(client, scenario)

    app.run(schedule)

    assert {
        actor: without_repeats(known_to_model(conditions_sent(items)) for items in transactions)
        for actor, transactions in app.transactions.items()
    } == {
        actor: without_repeats(map(conditions_of_model, transactions))
        for actor, transactions in expected.transactions.items()
        if transactions
    }
    assert app.results == expected.results
    assert app.slots == expected.slots


def test_each_condition_beyond_the_model_is_sent(client: AppClient) -> None:
    sent: set[tuple[str, str]] = set()
    initial = client.export()
    for name in ("two_first_saves", "save_and_holds", "move_and_save", "cancellation_sent_twice"):
        client.restore(initial)
        app = ProtocolActors(client, SCENARIOS[name])
        app.run(Schedule.ONE_AFTER_ANOTHER)
        for items in chain.from_iterable(app.transactions.values()):
            sent |= {
                (kind, each) for kind, conditions in conditions_sent(items) for each in conditions
            }

    modelled = {each for expressions in EXPRESSIONS.values() for each in expressions}
    assert {(kind, each) for kind, each in sent if each not in modelled} == NOT_IN_THE_MODEL.keys()
