"""Rules of Inferno's SMART Scheduling Links Test Kit 0.4.0, as far as they are not of COVID-19.

Each function has the id of the test there. ``docs/reference/fhir.md`` lists them, and those that
are left out.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Json = Any
_INSTANT = re.compile(
    r"([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)-(0[1-9]|1[0-2])-(0[1-9]|[1-2][0-9]|3[0-1])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
    r"(Z|(\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
)
_TYPES = {
    "Location",
    "Schedule",
    "Slot",
    "Practitioner",
    "PractitionerRole",
    "HealthcareService",
}


def is_http_url(text: object) -> bool:
    """Whether it is an absolute URL of the web."""
    parts = urlsplit(text) if isinstance(text, str) else None
    return parts is not None and parts.scheme in ("http", "https") and bool(parts.netloc)


def manifest_url_form(url: str) -> bool:
    """The manifest's URL is valid and ends with ``$bulk-publish``."""
    return is_http_url(url) and url.endswith("$bulk-publish")


def manifest_cache_control_header(header: str) -> bool:
    """The response says how long to wait before polling again."""
    return re.search(r"max-age=\d+", header) is not None


def manifest_structure(manifest: Json) -> bool:
    """The manifest has its members, of their types; so has each output."""
    return (
        isinstance(manifest, dict)
        and _INSTANT.fullmatch(str(manifest.get("transactionTime"))) is not None
        and is_http_url(manifest.get("request"))
        and isinstance(manifest.get("output"), list)
        and all(map(_is_output, manifest["output"]))
    )


def _is_output(output: Json) -> bool:
    extension = output.get("extension", {})
    states = extension.get("state", []) if isinstance(extension, dict) else None
    return (
        output.get("type") in _TYPES
        and is_http_url(output.get("url"))
        and isinstance(states, list)
        and all(isinstance(state, str) for state in states)
    )


def location_resources(location: Json) -> bool:
    """A location has a name, and identifiers with a system; it may lack contact and address."""
    identifiers = location.get("identifier", [])
    return bool(location.get("name")) and all(
        is_http_url(each.get("system")) and each.get("value") for each in identifiers
    )


def schedule_resources(schedule: Json) -> bool:
    """A schedule has a type of service, and a location among its actors."""
    references = [actor["reference"] for actor in schedule["actor"]]
    return bool(schedule.get("serviceType")) and (
        len([each for each in references if each.startswith("Location/")]) == 1
    )


def slot_resources(slot: Json) -> bool:
    """A slot has instants with an offset, and identifies a narrow window of time."""
    times = [slot["start"], slot["end"]]
    if not all(map(_INSTANT.fullmatch, times)):
        return False
    start, end = map(datetime.fromisoformat, times)
    return timedelta() < end - start <= timedelta(hours=1)


_RULES: dict[str, Callable[[Json], bool]] = {
    "Location": location_resources,
    "Schedule": schedule_resources,
    "Slot": slot_resources,
}


def find_broken_rules(resources: Sequence[Json]) -> list[str]:
    """Return the resources that break a rule of their type."""
    return list(_broken(resources))


def _broken(resources: Iterable[Json]) -> Iterable[str]:
    for resource in resources:
        rule = _RULES.get(resource["resourceType"])
        if rule is not None and not rule(resource):
            yield f"{resource['resourceType']}/{resource['id']}: {rule.__name__}"
