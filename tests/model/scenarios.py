"""The scenarios of the model, by name."""

from __future__ import annotations

from tests.model.builders import (
    NEW_DAY,
    book,
    cancel,
    closes,
    hold,
    lost_slot,
    make_day,
    move,
    opens,
    patient,
    plan_step,
    saved_day,
    time_off,
    undated_slot,
    undo,
)
from tests.model.states import Scenario
from tests.model.table import Safeguard

ANN, BEN = "Ann b1", "Ben b1"
SCENARIOS: dict[str, Scenario] = {
    "two_first_saves": Scenario(NEW_DAY, (opens("Lee", "09:00"), opens("Sam", "09:15", "10:15"))),
    "two_saves": Scenario(
        make_day("10:00"),
        (opens("Lee", "09:00"), opens("Sam", "09:15", closing=("10:00",))),
    ),
    "same_save_twice": Scenario(
        make_day("10:00"),
        (opens("Lee", "09:00"), opens("Lee again", "09:00", of="Lee"), closes("Sam", "09:00")),
    ),
    "retry_after_timeout": Scenario(
        make_day("10:00"),
        (opens("Lee", "09:00", closing=("10:00",), timeouts=2), closes("Sam", "09:00")),
    ),
    "save_and_booking": Scenario(
        make_day("09:00"),
        (
            opens("Lee", "09:15", closing=("09:00",), clock=1),
            patient("Ann", book("09:00"), cancel("09:00")),
        ),
    ),
    "save_and_holds": Scenario(
        make_day("09:00"),
        (
            closes("Lee", "09:00"),
            patient("Ann", hold("09:00"), book("09:00")),
            patient("Ben", hold("09:00"), book("09:00")),
        ),
        last_minute=1,
    ),
    "two_bookings": Scenario(
        make_day("09:00"),
        (
            patient("Ann", book("09:00"), timeouts=1),
            patient("Ben", hold("09:00"), book("09:00")),
        ),
    ),
    "cancellation_sent_twice": Scenario(
        make_day("10:00", booked={"09:00": ANN}),
        (
            patient("Ann", cancel("09:00")),
            patient("Ann again", cancel("09:00"), client="Ann"),
            patient("Ben", book("09:00")),
        ),
    ),
    "booking_sent_twice": Scenario(
        make_day("09:00"),
        (
            patient("Ann", book("09:00"), cancel("09:00"), timeouts=1),
            patient("Ann again", book("09:00"), client="Ann"),
        ),
    ),
    "one_booking_for_two_slots": Scenario(
        make_day("09:00", "10:00"),
        (patient("Ann", book("09:00")), patient("Ann again", book("10:00"), client="Ann")),
    ),
    "move_and_save": Scenario(
        make_day("10:00", booked={"09:00": ANN}),
        (
            patient("Ann", move("09:00", "10:00"), timeouts=1),
            closes("Lee", "10:00"),
            opens("Sam", "09:15", closing=("09:00",)),
        ),
    ),
    "two_patients_swap": Scenario(
        make_day("11:00", booked={"09:00": ANN, "10:00": BEN}),
        (
            patient("Ann", move("09:00", "10:00")),
            patient("Ben", move("10:00", "09:00"), cancel("10:00")),
        ),
    ),
    "move_for_another_patient": Scenario(
        make_day("10:00", booked={"09:00": ANN}),
        (
            patient("Ann", move("09:00", "10:00", for_patient="q")),
            patient("Ann again", move("09:00", "10:00"), client="Ann"),
        ),
    ),
    "plan_from_two_tabs": Scenario(
        make_day("09:00", "11:00", origin="series"),
        (
            plan_step("Tab 1", base=("09:00",), wish=("10:00", "11:00"), crashes=True),
            plan_step("Tab 2", base=("09:00",), wish=("10:00", "11:00")),
        ),
        result={"10:00": "free", "11:00": "free"},
    ),
    "plan_with_slot_closed_by_hand": Scenario(
        make_day("09:00", origin="series"),
        (plan_step("Tab 1", base=("09:00",), wish=("09:00", "10:00")), closes("Lee", "09:00")),
        result={"10:00": "free"},
    ),
    "plan_resumed_after_close_by_hand": Scenario(
        make_day("09:00", "11:00"),
        (
            plan_step("Tab 1", wish=("09:00",)),
            plan_step("Tab 2", wish=("09:00",)),
            closes("Lee", "09:00"),
        ),
    ),
    "plan_stopped_and_resumed": Scenario(
        make_day("11:00"),
        (
            plan_step("Tab 1", wish=("09:00",), crashes=True),
            plan_step("Tab 2", wish=("09:00",)),
            closes("Lee", "09:00"),
        ),
    ),
    "plan_and_booking": Scenario(
        make_day("09:00", "10:00", origin="series"),
        (
            plan_step("Tab 1", base=("09:00", "10:00"), wish=("09:15",)),
            patient("Ann", book("09:00"), move("09:00", "10:00"), cancel("10:00")),
        ),
    ),
    "plan_and_save": Scenario(
        make_day("09:00", origin="series"),
        (
            plan_step("Tab 1", base=("09:00",), wish=("10:00",), clock=2),
            opens("Lee", "10:15", closing=("09:00",)),
            opens("Sam", "09:00"),
        ),
    ),
    "two_plans": Scenario(
        make_day("09:00", origin="series"),
        (
            plan_step("Tab 1", base=("09:00",), wish=("10:00",)),
            plan_step("Tab 2", wish=("09:00", "10:15"), of="another plan"),
        ),
    ),
    "time_off_and_bookings": Scenario(
        make_day("10:00", booked={"09:00": ANN}),
        (
            time_off("Tab 1", "09:00"),
            patient("Ann", cancel("09:00")),
            patient("Ben", hold("09:00"), book("10:00")),
            opens("Lee", "09:15", closing=("09:00",)),
        ),
    ),
    "time_off_and_move": Scenario(
        make_day("10:00", booked={"09:00": ANN}),
        (
            time_off("Tab 1", "10:00"),
            time_off("Tab 2", "10:00"),
            patient("Ann", move("09:00", "10:00"), cancel("10:00")),
            patient("Ben", book("10:00", "b2")),
        ),
    ),
    "two_times_off": Scenario(
        make_day("10:00", booked={"09:00": ANN}),
        (
            time_off("Tab 1", "11:00"),
            time_off("Tab 2", "09:00", of="more time off"),
            patient("Ann", cancel("09:00")),
            patient("Ben", book("09:00")),
        ),
    ),
    "time_off_and_series": Scenario(
        make_day("09:00", "11:00", origin="series"),
        (
            time_off("Tab 1", "09:00", "10:00"),
            plan_step("Tab 2", base=("09:00",), wish=("09:00", "10:00")),
            undo("Lee", "series"),
        ),
    ),
    "undo_twice": Scenario(
        saved_day(opened="09:00", closed="10:00"),
        (undo("Tab 1", "the save"), undo("Tab 2", "the save")),
        result={"10:00": "free"},
    ),
    "undo_twice_and_save": Scenario(
        saved_day(opened="09:00", closed="10:00"),
        (
            undo("Tab 1", "the save"),
            undo("Tab 2", "the save"),
            opens("Lee", "09:00", closing=("10:00",)),
        ),
    ),
    "undo_and_booking": Scenario(
        saved_day(opened="09:00", closed="09:15"),
        (undo("Lee", "the save"), patient("Ann", book("09:00"), cancel("09:00"))),
    ),
    "undo_of_undo": Scenario(
        saved_day(opened="09:00", closed="10:00"),
        (
            undo("Lee", "the save"),
            undo("Sam", "the undo of the save"),
            undo("Sam again", "the undo of the save"),
        ),
    ),
    "slow_clock": Scenario(
        make_day("10:00", booked={"09:00": ANN}),
        (
            patient("Ann", cancel("09:00"), clock=3),
            patient("Ben", book("09:00")),
            closes("Lee", "09:00"),
        ),
    ),
    "day_that_lost_a_slot": Scenario(lost_slot(), (opens("Lee", "09:00"), closes("Sam", "10:00"))),
    "slot_of_an_earlier_release": Scenario(
        undated_slot(), (patient("Ben", book("09:00")), patient("Ann", book("09:00")))
    ),
    "plan_save_and_patient": Scenario(
        make_day("09:00", "10:00", origin="series"),
        (
            plan_step("Tab 1", base=("09:00",), wish=("09:15",)),
            plan_step("Tab 2", base=("09:00",), wish=("09:15",)),
            opens("Lee", "10:15", closing=("10:00",)),
            patient("Ann", book("09:00")),
        ),
    ),
}

# 35,000 states, which take half a minute.
LONG_SCENARIOS: dict[str, Scenario] = {
    "everything_at_once": Scenario(
        make_day("09:00", "10:00", origin="series"),
        (
            plan_step("Tab 1", base=("09:00",), wish=("09:15",)),
            plan_step("Tab 2", base=("09:00",), wish=("09:15",)),
            opens("Lee", "10:15", closing=("10:00",), timeouts=1),
            undo("Sam", "Lee's save"),
            patient("Ann", book("10:00")),
        ),
    ),
}

# A booking that moves away and back is at its old slot again, where a late repeat finds it.
EVERY_SCENARIO = SCENARIOS | LONG_SCENARIOS

KNOWN_LIMITS: dict[str, Scenario] = {
    "move_there_and_back": Scenario(
        make_day("10:00", booked={"09:00": ANN}),
        (
            patient("Ann", move("09:00", "10:00"), move("10:00", "09:00")),
            patient("Ann again", move("09:00", "10:00"), client="Ann"),
        ),
    ),
}

# The scenario that shows best what goes wrong without a safeguard.
COUNTER_EXAMPLES: dict[Safeguard, str] = {
    Safeguard.DAY_IS_NEW: "two_first_saves",
    Safeguard.DAY_VERSION: "two_saves",
    Safeguard.SLOT_IS_NEW: "day_that_lost_a_slot",
    Safeguard.SLOT_IS_CLOSABLE: "save_and_booking",
    Safeguard.SLOT_CAN_BE_HELD: "save_and_holds",
    Safeguard.SLOT_CAN_BE_BOOKED: "two_bookings",
    Safeguard.DAY_HAS_NO_TIME_OFF: "time_off_and_bookings",
    Safeguard.TIME_OFF_IS_KNOWN: "two_times_off",
    Safeguard.SLOT_HAS_BOOKING: "cancellation_sent_twice",
    Safeguard.SLOT_CHANGED_BEFORE: "slow_clock",
    Safeguard.BOOKING_IS_NEW: "booking_sent_twice",
    Safeguard.BOOKING_IS_THIS: "move_for_another_patient",
    Safeguard.CHANGE_IS_NEW: "same_save_twice",
    Safeguard.ENTRY_IS_NEW: "slot_of_an_earlier_release",
    Safeguard.CHANGE_OF_EMPTY_SAVE: "plan_resumed_after_close_by_hand",
    Safeguard.CHANGE_IN_TRANSACTION: "plan_stopped_and_resumed",
    Safeguard.READ_BEFORE_REJECTION: "undo_twice",
}
