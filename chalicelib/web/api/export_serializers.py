"""Exports as JSON and CSV, in the form that an import takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.exports import format_instant
from chalicelib.web.api import plan_schemas
from chalicelib.web.api.csv_writer import format_csv
from chalicelib.web.api.import_parsing import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.use_cases.export_slots import SlotExport


def serialize_export(export: SlotExport) -> plan_schemas.SlotExport:
    """The body of a request that imports the slots."""
    zone = export.doctor.zone
    days = [
        plan_schemas.ImportedDay(
            date=on.isoformat(), slots=[format_instant(slot.start, on, zone) for slot in slots]
        )
        for on, slots in export.slots.items()
    ]
    return plan_schemas.SlotExport(kind="import", days=days)


def export_to_csv(export: SlotExport) -> str:
    """A line for each slot; an import ignores its end and its status."""
    return format_csv([*COLUMNS, "end", "status"], _rows(export))


def _rows(export: SlotExport) -> Iterator[tuple[str, ...]]:
    zone = export.doctor.zone
    for on, slots in export.slots.items():
        for slot in slots:
            times = (format_instant(instant, on, zone) for instant in slot.interval)
            yield (on.isoformat(), *times, slot.status.value)


def file_name(export: SlotExport, extension: str) -> str:
    """``slots-dr-lee-2026-11-23-2026-12-06.csv``."""
    doctor_id = export.doctor.doctor_id
    return f"slots-{doctor_id}-{export.first}-{export.last}.{extension}"
