"""Create the use cases of closures of the practice, and start to apply closures."""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib import plan_services
from chalicelib.events.series_queue import ClosureMessage, ClosurePageMessage
from chalicelib.storage.closure_repository import ClosureRepository
from chalicelib.use_cases.apply_closures import ApplyClosures
from chalicelib.use_cases.manage_closures import ManageClosures
from chalicelib.use_cases.save_days import SaveDays

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.events.series_queue import ClosureTask
    from chalicelib.service_factories import Foundations
    from chalicelib.services import Services


class ClosureServices(Struct, frozen=True, kw_only=True):
    """The use cases of closures: of admins, and of the queue."""

    manage: ManageClosures
    apply: ApplyClosures


def create(base: Foundations) -> ClosureServices:
    """Create the use cases."""
    closures, doctors, now, pause = ClosureRepository(), base.doctors, base.now, base.pause
    new_id = partial(secrets.token_hex, 6)
    save_days = SaveDays(base.days, base.doctor_cache, now, pause)
    stores = plan_services.create_stores(base)
    return ClosureServices(
        manage=ManageClosures(closures, doctors, new_id, now, pause),
        apply=ApplyClosures(closures, doctors, stores, save_days, base.start_pace, now, pause),
    )


def start(services: Services, closure_ids: Sequence[str]) -> None:
    """Start to apply closures to all doctors.

    Raises as ``ApplyClosures.apply``, and ``UndeliveredError``.
    """
    services.queue_closures(services, [*map(ClosurePageMessage, closure_ids)])


def apply_to_doctor(services: Services, doctor_id: str) -> None:
    """Apply the closures to come to a doctor, who may be new.

    What takes longer than a step is left to the queue. If it breaks off, the night repeats it.
    Raises as ``ApplyClosures.apply``, and ``UndeliveredError``.
    """
    left = services.closures.apply.apply_to_doctor(doctor_id)
    if left:
        rests = [
            ClosureMessage(closure_id, doctor_id, rest.version, rest.first)
            for closure_id, rest in left.items()
        ]
        services.queue_closures(services, rests)


def finish(services: Services, task: ClosureTask) -> None:
    """Do a task and all that follows from it, here. Raises as ``ApplyClosures.apply``."""
    apply = services.closures.apply
    if isinstance(task, ClosurePageMessage):
        apply.apply_everywhere(task.closure_id)
    else:
        apply.finish(task.closure_id, task.doctor_id, task.rest)
