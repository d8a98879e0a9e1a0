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

from benchmarks import signed_in
from benchmarks.contenders import PYTHON, Contender, Running
from benchmarks.postgres import a_postgres
from chalicelib.storage import table
from chalicelib.storage.doctors import DoctorRepository
from local import demo
from local.ministack import MiniStack
from local.stage import PROJECT
from tests.an_issuer import MACHINE, PAGE, AnIssuer, an_issuer
from tests.builders import a_session

if TYPE_CHECKING:
    from types import TracebackType

    from chalicelib.domain.doctor import Doctor

# Sixteen boxes a day; open to booking as far ahead as can be.
DOCTOR = replace(
    demo.DOCTORS[0],
    grid=replace(demo.DOCTORS[0].grid, sessions=(a_session("09:00", "17:00"),)),
    booking_window=timedelta(days=730),
)
TIMES = [f"{box.start:%H:%M}" for box in DOCTOR.grid.boxes(date(2026, 11, 23))]
TOMORROW = datetime.now(UTC).date() + timedelta(days=1)


def _settings(doctor: Doctor) -> str:
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


def slot_id(on: date, at: str) -> str:
    """Of a slot of hers at that wall time, of which London's is UTC's in winter alone."""
    start = datetime.combine(on, datetime.strptime(at, "%H:%M").time(), DOCTOR.zone)  # noqa: DTZ007
    return f"dr-lee~{start.astimezone(UTC):%Y%m%dT%H%MZ}"


class Bed:
    """``with Bed() as bed:`` runs the servers for a block."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        folder = self._stack.enter_context(TemporaryDirectory(prefix="bench-"))
        ministack = self._stack.enter_context(MiniStack(Path(folder), keeps_state=False))
        self.issuer: AnIssuer = self._stack.enter_context(an_issuer())
        self.database = self._stack.enter_context(a_postgres())
        self.environment = {
            **ministack.environment,
            "STAGE": "bench",
            "LOCAL_CALLER": "",
            "OIDC_ISSUER": self.issuer.url,
            "OIDC_DISCOVERY_URL": self.issuer.discovery_url,
            "OIDC_CLIENT_ID": PAGE,
            "OIDC_MACHINE_CLIENTS": MACHINE,
            "SESSION_KEY": "k" * 32,
            "DATABASE_URL": self.database or "",
            # It looks through all packages that are installed, which a Lambda has fewer of.
            "PYDANTIC_DISABLE_PLUGINS": "__all__",
        }
        os.environ.update(ministack.environment)
        self.requests = signed_in.of(self.issuer, self.environment["SESSION_KEY"])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def prepare(self, contender: Contender, name: str = "") -> dict[str, str]:
        """A table with the doctor alone; gives the contender's environment."""
        name = f"bench-{name or contender.name}"
        settings = {**self.environment, "TABLE_NAME": name}
        if contender.is_relational:
            subprocess.run(  # noqa: S603  our own
                [os.fspath(PYTHON), "-m", "benchmarks.peers.relational", _settings(DOCTOR)],
                cwd=PROJECT,
                env=os.environ | settings,
                check=True,
            )
        else:
            table.connect(name)
            table.create_if_absent()
            DoctorRepository().add(DOCTOR)
        return settings

    def running(self, contender: Contender, name: str = "") -> Running:
        """It, upon a table of its own."""
        return Running(contender, self.prepare(contender, name))
