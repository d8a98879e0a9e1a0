"""The Chalice app: what AWS Lambda and ``chalice local`` load."""

# ruff: noqa: E402  garbage collection must be off before the imports
import gc

# Imports create hardly any garbage, and looking for it takes a sixth of a cold start.
gc.disable()

from chalice.app import Chalice, CloudWatchEvent, Cron, DynamoDBEvent, Rate, SQSEvent

from chalicelib import bootstrap
from chalicelib.web.error_handler import normalize_framework_errors
from chalicelib.web.http.cors import add_cors_headers
from chalicelib.web.http.security_headers import add_security_headers
from chalicelib.web.observability import request_log
from chalicelib.web.pages.sign_out_form import allow_sign_out
from chalicelib.web.routes import ROUTERS

bootstrap.create_services()

app = Chalice(app_name="medilink-slots")
request_log.redirect_framework_logs(app.log)
app.register_middleware(request_log.log_request, "http")
app.register_middleware(add_security_headers, "http")
app.register_middleware(add_cors_headers, "http")
app.register_middleware(allow_sign_out, "http")
app.register_middleware(normalize_framework_errors, "http")
for router in ROUTERS:
    router.register(app)

# The template creates the table, so only it knows the ARN of the table's stream.
_STREAM_ARN_PLACEHOLDER = "arn:aws:dynamodb:region:000000000000:table/slots/stream/of-the-template"


@app.on_dynamodb_record(stream_arn=_STREAM_ARN_PLACEHOLDER, starting_position="TRIM_HORIZON")
def slots_changed(event: DynamoDBEvent) -> dict[str, list[dict[str, str]]]:
    """Publish the table's changes as events; return where Lambda must retry the batch from."""
    from chalicelib import stream_handler

    return stream_handler.handle_stream_event(event.to_dict())


@app.on_dynamodb_record(stream_arn=_STREAM_ARN_PLACEHOLDER, starting_position="TRIM_HORIZON")
def copy_audit_items(event: DynamoDBEvent) -> dict[str, list[dict[str, str]]]:
    """Copy audit items to write-once storage; return where Lambda must retry the batch from."""
    from chalicelib import stream_handler

    return stream_handler.copy_audit_records(event.to_dict())


# The template creates the queue too.
_QUEUE_ARN_PLACEHOLDER = "arn:aws:sqs:region:000000000000:of-the-template"


# At night in Europe; each doctor's booking window ends at their own midnight.
@app.schedule(Cron(30, 1, "*", "*", "?", "*"))
def start_extension(_event: CloudWatchEvent) -> None:
    """Start to extend the series of all doctors."""
    from chalicelib import schedule_handler

    schedule_handler.start_extension()


@app.schedule(Rate(1, unit=Rate.MINUTES))
def announce_disruptions(_event: CloudWatchEvent) -> None:
    """Announce disrupted bookings whose grace is over."""
    from chalicelib import schedule_handler

    schedule_handler.announce_disruptions()


@app.on_sqs_message(queue_arn=_QUEUE_ARN_PLACEHOLDER, batch_size=1)
def extend_series(event: SQSEvent) -> None:
    """Extend the series of one doctor, or find the doctors."""
    from chalicelib import schedule_handler

    schedule_handler.handle_messages(event.to_dict())


@app.on_sqs_message(queue_arn=_QUEUE_ARN_PLACEHOLDER, batch_size=1)
def deliver_webhooks(event: SQSEvent) -> None:
    """Send an event to an endpoint of another system."""
    from chalicelib import webhook_handler

    webhook_handler.handle_messages(event.to_dict())


gc.freeze()
# Requests leave little garbage either. The higher threshold avoids collections while the first
# requests import what only they need.
gc.set_threshold(50_000)
gc.enable()
