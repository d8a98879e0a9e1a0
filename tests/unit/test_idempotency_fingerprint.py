"""Fingerprints distinguish a repeated save from another one with the same key."""

from __future__ import annotations

from chalicelib.use_cases.manage_slots import compute_fingerprint

FREE, UNAVAILABLE = "free", "busy-unavailable"


def test_same_changes_have_same_fingerprint() -> None:
    changes = [("09:00", FREE), ("10:00", UNAVAILABLE)]

    assert compute_fingerprint(changes) == compute_fingerprint(list(changes))


def test_different_changes_have_different_fingerprints() -> None:
    requests = [
        [("09:00", FREE), ("09:30", FREE)],
        [("09:30", FREE), ("09:00", FREE)],
        [("09:00", FREE)],
        [("09:00", UNAVAILABLE), ("09:30", FREE)],
        [("09:00 free\n09:30", FREE)],
        [("09:00', 'free'), ('09:30", FREE)],
        [("09:00", "free'), ('09:30', 'free")],
    ]

    assert len({compute_fingerprint(changes) for changes in requests}) == len(requests)


def test_stored_fingerprints_stay_valid() -> None:
    """A request that is repeated after a deployment is still recognised."""
    changes = [("09:00", FREE), ("10:00", UNAVAILABLE)]

    assert compute_fingerprint(changes) == "40db18c974a8cad619312ab331f67bda"
