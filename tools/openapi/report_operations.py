"""What the OpenAPI document says of reports."""

from __future__ import annotations

from http import HTTPStatus

from tools.openapi.example_values import DOCTOR, Json, problem_with_error
from tools.openapi.responses import OperationDetails, response

REPORTS: Json = {
    "from": "2026-11-23",
    "to": "2026-11-29",
    "doctors": [
        {
            "doctor_id": DOCTOR,
            "name": "Dr Mina Lee",
            "third_next_available_days": 2,
            "offered": 40,
            "booked": 30,
            "fill_rate": 0.75,
            "cancelled": 1,
            "weeks": [
                {
                    "from": "2026-11-23",
                    "offered": 40,
                    "booked": 30,
                    "fill_rate": 0.75,
                    "cancelled": 1,
                }
            ],
        }
    ],
    "next": None,
}
TOO_MANY_WEEKS = problem_with_error(
    HTTPStatus.BAD_REQUEST, "too_many", "Choose at most 16 weeks", field="to"
)
REPORT_OPERATIONS: dict[str, OperationDetails] = {
    "get_reports": OperationDetails(
        responses={
            200: response("The figures of the doctors.", one_week=REPORTS),
            400: response("Malformed request.", too_many_weeks=TOO_MANY_WEEKS),
        }
    )
}
