"""MediLink Slots as a Chalice app: what AWS Lambda and ``chalice local`` load."""

# ruff: noqa: E402  the first thing that is done must come first
import gc

# Hardly anything that is made while a process starts is ever garbage, and looking for it again and
# again is a sixth of a cold start.
gc.disable()

from chalice.app import Chalice, DynamoDBEvent

from chalicelib import bootstrap
from chalicelib.web.error_handler import normalize_framework_errors
from chalicelib.web.http import security_headers
from chalicelib.web.observability import request_log
from chalicelib.web.routes import auth, bookings, doctors, meta, slots

bootstrap.create_services()

app = Chalice(app_name="medilink-slots")
request_log.redirect_framework_logs(app.log)
app.register_middleware(request_log.log_request, "http")
app.register_middleware(security_headers.add_security_headers, "http")
app.register_middleware(normalize_framework_errors, "http")
app.register_blueprint(meta.blueprint)
app.register_blueprint(slots.blueprint)
app.register_blueprint(doctors.blueprint)
app.register_blueprint(bookings.blueprint)
app.register_blueprint(auth.blueprint)

# The stream is of a table that the template makes, so only the template can name it.
_STREAM_ARN_PLACEHOLDER = "arn:aws:dynamodb:region:000000000000:table/slots/stream/of-the-template"


@app.on_dynamodb_record(stream_arn=_STREAM_ARN_PLACEHOLDER, starting_position="TRIM_HORIZON")
def slots_changed(event: DynamoDBEvent) -> dict[str, list[dict[str, str]]]:
    """Tell those who follow along; what Lambda is answered is where it must begin again."""
    from chalicelib import stream_handler  # noqa: PLC0415  no request needs it

    return stream_handler.handle_stream_event(event.to_dict())


gc.freeze()
# A request leaves hardly any behind either, refused or not: no need to look for it while the first
# one imports what only some requests need, nor, as Python would, several times in each.
gc.set_threshold(50_000)
gc.enable()
