"""The minimal Chalice app with a PynamoDB model: one route, one read, no authentication."""

from __future__ import annotations

import os
from typing import Any

from chalice.app import Chalice
from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model

app = Chalice(app_name="bare")


class DoctorItem(Model):
    class Meta:
        """The table, as PynamoDB requires it."""

        table_name = os.environ["TABLE_NAME"]

    pk = UnicodeAttribute(hash_key=True, attr_name="PK")
    sk = UnicodeAttribute(range_key=True, attr_name="SK")
    name = UnicodeAttribute()


@app.route("/slots", methods=["GET"])
def get_name() -> dict[str, str]:
    """Return the doctor's name."""
    request = app.current_request
    query: Any = (request.query_params if request else None) or {}
    item = DoctorItem.get(f"DOCTOR#{query['doctor_id']}", "PROFILE", consistent_read=True)
    return {"name": item.name}
