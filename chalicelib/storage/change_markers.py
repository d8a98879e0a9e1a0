"""Whether anything of a doctor's slots has changed, without a read of the slots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.storage import keys
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.models import AuditItem, DoctorDirectoryIndex, HoldsItem

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_change_marker(doctor_id: str) -> tuple[str, ...]:
    """Return a value that every write of the doctor's days changes; eventually consistent.

    Each of them writes an entry of the audit log or, if it only holds or releases a slot, the holds
    of its client. So these are the latest entry, and how often the holds of each client were
    written. Two queries of less than a read unit. Raises ``StoreUnavailableError``.
    """
    with translate_read_errors():
        return tuple(_markers(doctor_id))


def _markers(doctor_id: str) -> Iterator[str]:
    index = DoctorDirectoryIndex.Meta.index_name
    audit = keys.audit_pk(doctor_id)
    for entry in AuditItem.query(audit, index_name=index, scan_index_forward=False, limit=1):
        yield str(entry.gsi1_sk)
    holds = HoldsItem.sk.startswith(keys.HOLDS_PREFIX)
    for item in HoldsItem.query(keys.doctor_pk(doctor_id), holds):
        yield f"{item.sk}#{getattr(item, 'version', None)}"
