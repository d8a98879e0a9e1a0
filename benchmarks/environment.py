"""What all subjects share: MiniStack, PostgreSQL, an OIDC provider, and one doctor."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.authenticated_requests import RequestFactory, create_request_factory
from benchmarks.postgres import run_postgres
from benchmarks.subjects import PYTHON, Subject, SubjectProcess, run_subject
from chalicelib.domain.person import Account, Person
from chalicelib.storage import table
from chalicelib.storage.doctor_repository import DoctorRepository
from chalicelib.storage.people_repository import PeopleRepository
from local import demo_data
from local.local_config import PROJECT
from local.servers import MiniStack
from tests.support.factories import make_session
from tests.support.fake_oidc_provider import (
    PAGE_CLIENT_ID,
    SERVICE_CLIENT_ID,
    SUBJECT,
    run_fake_oidc_provider,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from chalicelib.domain.doctor import Doctor

# Sixteen slots a day, with the longest booking window.
DOCTOR = replace(
    demo_data.DOCTORS[0],
    grid=replace(demo_data.DOCTORS[0].grid, sessions=(make_session("09:00", "17:00"),)),
    booking_window=timedelta(days=730),
)
TIMES = [f"{slot.start:%H:%M}" for slot in DOCTOR.grid.candidate_slots(date(2026, 11, 23))]
TOMORROW = datetime.now(UTC).date() + timedelta(days=1)
_SESSION_KEY = "k" * 32


def slot_id(date: date, time: str, doctor_id: str = "dr-lee") -> str:
    """The id of a doctor's slot at that local time."""
    start = datetime.combine(date, datetime.strptime(time, "%H:%M").time(), DOCTOR.zone)  # noqa: DTZ007  combine() adds the zone
    return f"{doctor_id}~{start.astimezone(UTC):%Y%m%dT%H%MZ}"


def table_name(name: str) -> str:
    """The table of a subject, or of one that is run under that name."""
    return f"bench-{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkEnvironment:
    """Running servers, and requests that they authenticate."""

    env_vars: dict[str, str]
    requests: RequestFactory
    database_url: str | None

    def prepare_store(self, subject: Subject, name: str = "") -> dict[str, str]:
        """Create a table with the doctor alone; return the environment variables of the subject."""
        env_vars = {**self.env_vars, "TABLE_NAME": table_name(name or subject.name)}
        if subject.is_relational:
            _create_relational_tables(env_vars)
        else:
            table.connect(env_vars["TABLE_NAME"])
            table.create_if_absent()
            DoctorRepository().add(DOCTOR)
            self._link_users()
        return env_vars

    def _link_users(self) -> None:
        """Let the users have signed in before, so that no measured request does more than later."""
        account = Account(self.env_vars["OIDC_ISSUER"], SUBJECT)
        for name in ("dr-lee", "alex"):
            PeopleRepository().link(Person(name=name), account)

    def run(self, subject: Subject, name: str = "") -> AbstractContextManager[SubjectProcess]:
        """Run the subject on a table of its own."""
        return run_subject(subject, self.prepare_store(subject, name))


@contextmanager
def run_environment() -> Iterator[BenchmarkEnvironment]:
    """Run the servers while the block runs."""
    with (
        TemporaryDirectory(prefix="bench-") as folder,
        MiniStack(Path(folder), keeps_state=False) as ministack,
        run_fake_oidc_provider() as oidc_provider,
        run_postgres() as database_url,
    ):
        os.environ.update(ministack.environment)
        yield BenchmarkEnvironment(
            env_vars={
                **ministack.environment,
                "STAGE": "bench",
                "LOCAL_CALLER": "",
                "OIDC_ISSUER": oidc_provider.url,
                "OIDC_DISCOVERY_URL": oidc_provider.discovery_url,
                "OIDC_CLIENT_ID": PAGE_CLIENT_ID,
                "OIDC_MACHINE_CLIENTS": SERVICE_CLIENT_ID,
                "SESSION_KEY": _SESSION_KEY,
                "DATABASE_URL": database_url or "",
                # Pydantic searches all packages for plug-ins, and a Lambda function has fewer.
                "PYDANTIC_DISABLE_PLUGINS": "__all__",
            },
            requests=create_request_factory(oidc_provider, _SESSION_KEY),
            database_url=database_url,
        )


def _create_relational_tables(env_vars: dict[str, str]) -> None:
    # In a process of its own, because only .venv-bench has SQLAlchemy.
    subprocess.run(
        [os.fspath(PYTHON), "-m", "benchmarks.baselines.relational", _doctor_row_json(DOCTOR)],
        cwd=PROJECT,
        env=os.environ | env_vars,
        check=True,
    )


def _doctor_row_json(doctor: Doctor) -> str:
    minute = timedelta(minutes=1)
    return json.dumps(
        {
            "doctor_id": doctor.doctor_id,
            "specialty": doctor.specialty,
            "location": doctor.location,
            "time_zone": doctor.zone.key,
            "sessions": [str(session).split("–") for session in doctor.grid.sessions],
            "delegates": sorted(doctor.delegates),
            "slot_minutes": doctor.grid.slot_length // minute,
            "lead_minutes": doctor.lead_time // minute,
            "window_days": doctor.booking_window.days,
        }
    )
