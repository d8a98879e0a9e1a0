"""How a request sent again is told from another one."""

from __future__ import annotations

from chalicelib.domain.ticks import SlotChange
from chalicelib.use_cases.manage_slots import SaveRequest
from tests.builders import MONDAY, at, tick, untick


def fingerprint(*asked: SlotChange) -> str:
    return SaveRequest(doctor_id="dr-lee", date=MONDAY, changes=asked, request_id="x").fingerprint


def test_the_same_ticks_have_the_same_fingerprint() -> None:
    assert fingerprint(tick("09:00"), untick("10:00")) == fingerprint(
        tick("09:00"), untick("10:00")
    )
    assert fingerprint(SlotChange(at("09:00"), "free")) == fingerprint(
        SlotChange(at("09:00"), "free")
    )


def test_other_ticks_have_another_one_whatever_text_they_are_made_of() -> None:
    asked = [
        (tick("09:00"), tick("09:30")),
        (tick("09:30"), tick("09:00")),
        (tick("09:00"),),
        (untick("09:00"), tick("09:30")),
        (SlotChange("09:00 free\n09:30", "free"),),
        (SlotChange("09:00', 'free'), ('09:30", "free"),),
        (SlotChange("09:00", "free'), ('09:30', 'free"),),
    ]

    assert len({fingerprint(*ticks) for ticks in asked}) == len(asked)
