"""The phrases and public error codes of HTTP statuses, the same in every version of Python."""

from http import HTTPStatus

# Clients see these names. Python's own differ from version to version.
_PHRASES = {413: "Request Entity Too Large", 422: "Unprocessable Entity"}
_CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    411: "length_required",
    413: "request_entity_too_large",
    414: "request_uri_too_long",
    415: "unsupported_media_type",
    431: "request_header_fields_too_large",
    500: "internal_server_error",
    501: "not_implemented",
}


def code_of_status(status: int) -> str:
    """Return the public error code of a status, for an error that has no code of its own."""
    return _CODES.get(status, f"status_{status}")


def reason_phrase(status: int) -> str:
    """Return the name of a status, as in ``title`` of problem details."""
    return _PHRASES.get(status) or HTTPStatus(status).phrase
