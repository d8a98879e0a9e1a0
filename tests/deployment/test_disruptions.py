"""The deployed stack looks at disrupted bookings each minute."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from chalicelib.storage import keys
from chalicelib.storage.disruption_models import DisruptionsItem
from chalicelib.storage.mapping import format_microsecond
from cloud.rehearsal import STACK
from local import demo_data
from tests.support.scheduled_event import SCHEDULED_EVENT

DOCTOR = demo_data.DOCTORS[0]


@pytest.mark.usefixtures("rehearsal")
def test_function_looks_at_doctors_whose_time_has_come() -> None:
    now = datetime.now(UTC)
    item = DisruptionsItem(
        keys.doctor_pk(DOCTOR.doctor_id),
        keys.DISRUPTIONS_SK,
        version=1,
        dates={str(now.date())},
        gsi1_pk=keys.DISRUPTIONS_PK,
        gsi1_sk=format_microsecond(now - timedelta(minutes=1)),
    )
    item.save()

    answer: Any = boto3.client("lambda").invoke(
        FunctionName=f"{STACK}-disruptions", Payload=json.dumps(SCHEDULED_EVENT)
    )

    assert "FunctionError" not in answer, answer["Payload"].read()
    # Nothing was marked on that date, so there is nothing to announce or to look at again.
    with pytest.raises(DisruptionsItem.DoesNotExist):
        item.refresh(consistent_read=True)
