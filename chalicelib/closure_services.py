"""Create the use cases of closures of the practice."""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib import plan_services
from chalicelib.storage.closure_repository import ClosureRepository
from chalicelib.use_cases.apply_closures import ApplyClosures
from chalicelib.use_cases.manage_closures import ManageClosures
from chalicelib.use_cases.save_days import SaveDays

if TYPE_CHECKING:
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
