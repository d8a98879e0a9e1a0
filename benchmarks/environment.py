"""What contenders are measured on: one MiniStack, one PostgreSQL, one issuer, the same doctor."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

from benchmarks import authenticated_requests
from benchmarks.postgres import run_postgres
from benchmarks.subjects import PYTHON, Subject, SubjectProcess
from chalicelib.storage import table
from chalicelib.storage.doctor_repository import DoctorRepository
from local import demo_data
from local.local_config import PROJECT
from local.servers import MiniStack
from tests.support.factories import make_session
from tests.support.fake_oidc_provider import (
    PAGE_CLIENT_ID,
    SERVICE_CLIENT_ID,
    FakeOidcProvider,
    run_fake_oidc_provider,
)

if TYPE_CHECKING:
    from types import TracebackType

    from chalicelib.domain.doctor import Doctor

# Sixteen boxes a day; open to booking as far ahead as can be.
DOCTOR = replace(
    demo_data.DOCTORS[0],
    grid=replace(demo_data.DOCTORS[0].grid, sessions=(make_session("09:00", "17:00"),)),
    booking_window=timedelta(days=730),
)
TIMES = [f"{box.start:%H:%M}" for box in DOCTOR.grid.candidate_slots(date(2026, 11, 23))]
TOMORROW = datetime.now(UTC).date() + timedelta(days=1)


def _doctor_row_json(doctor: Doctor) -> str:
    """A doctor as a row of the peer's database, in JSON."""
    minute = timedelta(minutes=1)
    return json.dumps(
        {
            "doctor_id": doctor.doctor_id,
            "specialty": doctor.specialty,
            "location": doctor.location,
            "time_zone": doctor.zone.key,
            "sessions": [str(session).split("-") for session in doctor.grid.sessions],
            "delegates": sorted(doctor.delegates),
            "slot_minutes": doctor.grid.slot_length // minute,
            "lead_minutes": doctor.lead_time // minute,
            "window_days": doctor.booking_window.days,
        }
    )


def slot_id(date: date, time: str) -> str:
    """Of a slot of hers at that wall time, of which London's is UTC's in winter alone."""
    start = datetime.combine(date, datetime.strptime(time, "%H:%M").time(), DOCTOR.zone)  # noqa: DTZ007
    return f"dr-lee~{start.astimezone(UTC):%Y%m%dT%H%MZ}"


class BenchmarkEnvironment:
    """``with Bed() as bed:`` runs the servers for a block."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        folder = self._stack.enter_context(TemporaryDirectory(prefix="bench-"))
        ministack = self._stack.enter_context(MiniStack(Path(folder), keeps_state=False))
        self.oidc_provider: FakeOidcProvider = self._stack.enter_context(run_fake_oidc_provider())
        self.database_url = self._stack.enter_context(run_postgres())
        self.env_vars = {
            **ministack.environment,
            "STAGE": "bench",
            "LOCAL_CALLER": "",
            "OIDC_ISSUER": self.oidc_provider.url,
            "OIDC_DISCOVERY_URL": self.oidc_provider.discovery_url,
            "OIDC_CLIENT_ID": PAGE_CLIENT_ID,
            "OIDC_MACHINE_CLIENTS": SERVICE_CLIENT_ID,
            "SESSION_KEY": "k" * 32,
            "DATABASE_URL": self.database_url or "",
            # It looks through all packages that are installed, which a Lambda has fewer of.
            "PYDANTIC_DISABLE_PLUGINS": "__all__",
        }
        os.environ.update(ministack.environment)
        self.requests = authenticated_requests.create_request_factory(
            self.oidc_provider, self.env_vars["SESSION_KEY"]
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def prepare_store(self, subject: Subject, name: str = "") -> dict[str, str]:
        """A table with the doctor alone; gives the contender's environment."""
        name = f"bench-{name or subject.name}"
        settings = {**self.env_vars, "TABLE_NAME": name}
        if subject.is_relational:
            subprocess.run(  # noqa: S603  our own
                [
                    os.fspath(PYTHON),
                    "-m",
                    "benchmarks.baselines.relational",
                    _doctor_row_json(DOCTOR),
                ],
                cwd=PROJECT,
                env=os.environ | settings,
                check=True,
            )
        else:
            table.connect(name)
            table.create_if_absent()
            DoctorRepository().add(DOCTOR)
        return settings

    def create_process(self, subject: Subject, name: str = "") -> SubjectProcess:
        """It, upon a table of its own."""
        return SubjectProcess(subject, self.prepare_store(subject, name))
