"""What the OpenAPI document says of the pages of bookings."""

from __future__ import annotations

from tools.openapi import booking_examples, examples
from tools.openapi.responses import HTML_PAGE, OperationDetails, response

BOOKING_PAGE_OPERATIONS: dict[str, OperationDetails] = {
    "get_bookings_page": OperationDetails(
        responses={
            200: HTML_PAGE,
            400: response("Malformed request.", invalid_date=examples.INVALID_DATE),
        }
    ),
    "post_bookings_form": OperationDetails(
        responses={
            303: response("Redirect to the page."),
            400: response(
                "Malformed request; a browser gets the page with the reason.",
                empty_reason=booking_examples.INVALID_REASON,
            ),
            409: response(
                "The slot's state does not allow it; a browser gets the page with the reason.",
                booked_by_another_client=booking_examples.ALREADY_BOOKED,
            ),
        }
    ),
    "get_rebooking_page": OperationDetails(
        responses={
            200: HTML_PAGE,
            400: response("Malformed request.", invalid_date=examples.INVALID_DATE),
        }
    ),
}
