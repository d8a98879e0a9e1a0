"""How a request sent again is told from another one."""

from __future__ import annotations

from chalicelib.domain.changes import SlotChange
from chalicelib.use_cases.manage_slots import SaveRequest
from tests.support.factories import MONDAY, close_change, open_change, to_instant


def fingerprint(*changes: SlotChange) -> str:
    return SaveRequest(doctor_id="dr-lee", date=MONDAY, changes=changes, request_id="x").fingerprint


def test_same_changes_have_same_fingerprint() -> None:
    assert fingerprint(open_change("09:00"), close_change("10:00")) == fingerprint(
        open_change("09:00"), close_change("10:00")
    )
    assert fingerprint(SlotChange(to_instant("09:00"), "free")) == fingerprint(
        SlotChange(to_instant("09:00"), "free")
    )


def test_different_changes_have_different_fingerprints() -> None:
    asked = [
        (open_change("09:00"), open_change("09:30")),
        (open_change("09:30"), open_change("09:00")),
        (open_change("09:00"),),
        (close_change("09:00"), open_change("09:30")),
        (SlotChange("09:00 free\n09:30", "free"),),
        (SlotChange("09:00', 'free'), ('09:30", "free"),),
        (SlotChange("09:00", "free'), ('09:30', 'free"),),
    ]

    assert len({fingerprint(*ticks) for ticks in asked}) == len(asked)
