"""A bare Chalice app with a PynamoDB client, which reads one item and asks for no sign-in."""

from __future__ import annotations

import os
from typing import Any

from chalice.app import Chalice
from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model

app = Chalice(app_name="bare")


class Item(Model):
    """Anything in the table."""

    class Meta:
        """Where it is."""

        table_name = os.environ["TABLE_NAME"]

    pk = UnicodeAttribute(hash_key=True, attr_name="PK")
    sk = UnicodeAttribute(range_key=True, attr_name="SK")
    name = UnicodeAttribute()


@app.route("/slots", methods=["GET"])
def get_name() -> dict[str, str]:
    """Whose slots they are."""
    request = app.current_request
    asked: Any = (request.query_params if request else None) or {}
    item = Item.get(f"DOCTOR#{asked['doctor_id']}", "PROFILE", consistent_read=True)
    return {"name": item.name}
