"""Create the use cases of closures of the practice, and apply closures to a new doctor."""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib import plan_services
from chalicelib.events.series_queue import ClosureMessage
from chalicelib.storage.closure_repository import ClosureRepository
from chalicelib.use_cases.apply_closures import ApplyClosures
from chalicelib.use_cases.manage_closures import ManageClosures
from chalicelib.use_cases.save_days import SaveDays

if TYPE_CHECKING:
    from chalicelib.bootstrap import Services
    from chalicelib.service_factories import Foundations


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


def apply_to_doctor(services: Services, doctor_id: str) -> None:
    """Apply the closures to come to a doctor, who may be new.

    What takes longer than a step is left to the queue; on a laptop, where there is none, it is done
    when the function returns. If it breaks off, the night repeats it. Raises as
    ``ApplyClosures.apply``, and ``UndeliveredError``.
    """
    apply = services.closures().apply
    left = apply.apply_to_doctor(doctor_id)
    if left and services.settings.series_queue_url:
        services.series_queue().send(
            [
                ClosureMessage(closure_id, doctor_id, rest.version, rest.first)
                for closure_id, rest in left.items()
            ]
        )
        return
    for closure_id, rest in left.items():
        apply.finish(closure_id, doctor_id, rest)
