"""Lambda handlers of the schedules and the queue: series, closures, names, and disruptions.

The nightly schedule sends one message; a message for a page of doctors sends one for each of them.
So each run is short, and a doctor whose series cannot be extended stops no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import structs

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import DoctorNotFoundError
from chalicelib.events.series_queue import (
    BackfillPageMessage,
    ClosureMessage,
    ClosurePageMessage,
    DoctorMessage,
    Message,
    PageMessage,
    parse_message,
)
from chalicelib.use_cases.backfill_doctors import backfill_page
from chalicelib.web.observability.handler_log import write_handler_log

if TYPE_CHECKING:
    from collections.abc import Mapping


def start_extension() -> None:
    """Send the messages for the first page of doctors, and those of closures to repeat.

    Raises:
        SettingsError: there is no queue.
    """
    services = get_services()
    queue = services.series_queue
    with request_context.request_scope():
        repeated = services.closures.apply.list_to_repeat()
    queue.send([PageMessage(), BackfillPageMessage(), *map(ClosurePageMessage, repeated)])


def announce_disruptions() -> None:
    """Store the events about disrupted bookings that are due; the stream publishes them."""
    with request_context.request_scope() as context:
        count = get_services().announce_disruptions.announce_all()
        if count or context.metrics:
            write_handler_log("announce_disruptions", {"events": count}, context.metrics)


def handle_messages(event: Mapping[str, Any]) -> None:
    """Handle each message of the queue. An error makes SQS deliver the batch again."""
    for record in event["Records"]:
        with request_context.request_scope() as context:
            message = parse_message(record["body"])
            following = _handle(message)
            get_services().series_queue.send(following)
            _log(message, following, context.metrics)


def _handle(message: Message) -> list[Message]:
    """Do what the message requests, and return the messages that continue it."""
    match message:
        case DoctorMessage():
            return _extend_doctor(message)
        case ClosureMessage():
            return _apply_closure(message)
        case ClosurePageMessage():
            return _find_doctors_of_closure(message)
        case BackfillPageMessage():
            cursor = backfill_page(get_services().doctors, message.cursor)
            return [BackfillPageMessage(cursor)] if cursor else []
    page = get_services().plans.extend_series.list_doctors(message.cursor)
    following: list[Message] = [DoctorMessage(doctor_id) for doctor_id in page.doctor_ids]
    return [PageMessage(page.cursor), *following] if page.cursor else following


def _apply_closure(message: ClosureMessage) -> list[Message]:
    apply = get_services().closures.apply
    left = apply.apply(message.closure_id, message.doctor_id, message.rest)
    return [structs.replace(message, version=left.version, first=left.first)] if left else []


def _find_doctors_of_closure(message: ClosurePageMessage) -> list[Message]:
    closure_id = message.closure_id
    page = get_services().closures.apply.list_doctors(closure_id, message.cursor)
    following: list[Message] = [
        ClosureMessage(closure_id, doctor_id) for doctor_id in page.doctor_ids
    ]
    return [ClosurePageMessage(closure_id, page.cursor), *following] if page.cursor else following


def _extend_doctor(message: DoctorMessage) -> list[Message]:
    try:
        is_done = get_services().plans.extend_series.extend(message.doctor_id)
    except DoctorNotFoundError:
        return []  # a repair has deleted the doctor, but not the series
    return [] if is_done else [message]


def _log(message: Message, following: list[Message], counts: Mapping[str, int]) -> None:
    doctor_id = message.doctor_id if isinstance(message, DoctorMessage | ClosureMessage) else None
    fields = {"doctor_id": doctor_id, "messages": len(following)}
    write_handler_log("extend_series", fields, counts)
