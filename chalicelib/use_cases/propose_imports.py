"""Use case of doctors and their delegates: propose to open slots of many dates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.imports import resolve_import
from chalicelib.domain.plan import PlanKind, PlanSources
from chalicelib.domain.plan_errors import nothing_to_plan_error
from chalicelib.domain.series import SeriesVersions
from chalicelib.domain.text import Text
from chalicelib.use_cases.proposals import kept_slots

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from chalicelib.domain.imports import ImportedStart
    from chalicelib.domain.permissions import Caller
    from chalicelib.use_cases.plan_previews import PlanView
    from chalicelib.use_cases.proposals import Proposals


class ProposeImports:
    """An import opens slots; it closes none."""

    def __init__(self, proposals: Proposals) -> None:
        self._proposals = proposals

    def propose(
        self, caller: Caller, doctor_id: str, starts: Mapping[date, Sequence[ImportedStart]]
    ) -> PlanView:
        """Propose to open slots of many dates, by their starts.

        Raises ``RequestRejectedError`` for a start that is no grid slot of its date, for a date
        after the booking window, and if nothing would open; ``DoctorNotFoundError``,
        ``PermissionDeniedError``, ``StoreUnavailableError``.
        """
        doctor, now = self._proposals.open(caller, doctor_id)
        imported = resolve_import(starts, doctor, now)
        draft = replace(
            self._proposals.draft(doctor, PlanKind.IMPORT, now),
            imported=imported,
        )
        sources = PlanSources(versions=SeriesVersions())
        view = self._proposals.preview(doctor, draft, sorted(imported), sources, now)
        if not view.opens:
            detail = Text("All of these slots are open already")
            raise nothing_to_plan_error("days", detail, kept_slots(view), doctor.zone)
        return self._proposals.store(view)
