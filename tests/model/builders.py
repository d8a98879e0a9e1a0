"""The days and the actors of the scenarios."""

from __future__ import annotations

from tests.model.decisions import ByHand, Plan, TimeOff, UndoOf
from tests.model.patients import Patient, Request
from tests.model.saves import Save
from tests.model.table import Act, Booking, Day, Entry, Items, Slot, Table

NEW_DAY: Table = Items()


def make_day(*free: str, booked: dict[str, str] | None = None, origin: str = "hand") -> Table:
    """Return the table after one save, and bookings by their slot."""
    claims = dict.fromkeys(free, "") | (booked or {})
    status = {start: "booked" if claim else "free" for start, claim in claims.items()}
    is_by_hand = origin != "series"
    slots = {start: Entry(status[start], 0, origin, is_by_hand) for start in claims}
    day = Day(1, 1, 1, Items(slots))
    table: Table = Items({("day",): day, ("change", origin): Day()})
    for start, claim in claims.items():
        table = table.set(("slot", start), Slot(status[start], claim, changed_at=1))
        if claim:
            table = table.set(("booking", claim), Booking(start))
    entry = Act(origin, tuple(claims), booked=tuple(booked or ()))
    return table.set(("audit", "01", origin), entry)


def opens(
    name: str,
    *starts: str,
    closing: tuple[str, ...] = (),
    of: str = "",
    clock: int = 0,
    timeouts: int = 0,
) -> Save:
    """Return a save by hand; ``of`` another sender if it is that one's request, sent again."""
    decide = ByHand(starts, closing)
    return Save(name, f"{of or name}'s save", decide, clock=clock, timeouts=timeouts)


def closes(name: str, *starts: str) -> Save:
    """Return a save by hand that only closes slots."""
    return opens(name, closing=starts)


def plan_step(
    name: str,
    *,
    base: tuple[str, ...] = (),
    wish: tuple[str, ...] = (),
    of: str = "the plan",
    clock: int = 0,
    crashes: bool = False,
) -> Save:
    """Return the step of a plan on this date, which any tab may take."""
    return Save(name, of, Plan(base, wish), is_plan=True, clock=clock, crashes=crashes)


def time_off(name: str, *blocks: str, of: str = "the time off") -> Save:
    """Return the step of a plan that takes time off on this date."""
    return Save(name, of, TimeOff(blocks), is_plan=True)


def undo(name: str, request: str) -> Save:
    """Return an undo, whose request id is the same from every tab."""
    return Save(name, f"the undo of {request}", UndoOf(request))


def hold(start: str) -> Request:
    return Request("holds", start)


def book(start: str, booking: str = "b1") -> Request:
    return Request("books", start, booking)


def cancel(start: str, booking: str = "b1") -> Request:
    return Request("cancels", start, booking)


def move(former: str, start: str, booking: str = "b1", for_patient: str = "p") -> Request:
    return Request("moves", start, booking, former, for_patient)


def patient(name: str, *requests: Request, client: str = "", **fields: int) -> Patient:
    """Return the sender of requests, one after another; ``client`` if it has another name."""
    return Patient(name, requests, client or name, **fields)


def lost_slot() -> Table:
    """Return a day whose map has lost a booked slot, as an error of an operator may leave it."""
    table = make_day("10:00", booked={"09:00": "Ann b1"})
    day = table["day",]
    return table.set(("day",), day._replace(slots=day.slots.set("09:00", None)))


def saved_day(*, opened: str, closed: str) -> Table:
    """Return a day on which "save" has opened one slot and closed another."""
    table = make_day(opened, origin="the save")
    first = Act("hand", opened=(closed,))
    save = Act("the save", opened=(opened,), closed=(closed,))
    return table.set(("audit", "01", "the save"), save).set(("audit", "01", "hand"), first)


def undated_slot() -> Table:
    """Return a day with a slot that an earlier release closed and opened again."""
    table = make_day("09:00").set(("slot", "09:00"), Slot(changed_at=None))
    booking, cancellation = Act("a booking", booked=("09:00",)), Act("", freed=("09:00",))
    table = table.set(("audit", "02", "09:00"), booking)
    return table.set(("audit", "03", "09:00"), cancellation)
