"""Search parameters (https://hl7.org/fhir/R4/search.html): which there are, and what a URL has.

A parameter that is not known is ignored, and the self link does not have it; a client that sends
``Prefer: handling=strict`` gets an error instead. A modifier that is not supported is an error.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

from chalice.app import MultiDict
from msgspec import Struct

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.local_time import MAX_DATE, MIN_DATE
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation
from chalicelib.use_cases.search_fhir_slots import StartRange
from chalicelib.web.api.decoding import Violations
from chalicelib.web.api.validators import invalid_field
from chalicelib.web.http.request import body, header, queries, query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from chalice.app import Request

    from chalicelib.web.fhir.resources import Base

DEFAULT_COUNT = 50
MAX_COUNT = 500
_AFTER = "_after"
# They change how a response looks, not what it has; the first is read elsewhere.
_PRESENTATION = ("_format", "_pretty")
_STRICT = re.compile(r"(^|[,;\s])handling\s*=\s*\"?strict", re.IGNORECASE)
_SAFE = ":/,|."


class SearchParameter(Struct, frozen=True, kw_only=True):
    """A parameter of one type of resource.

    ``matches`` says whether an entity has one of its values. ``targets`` are the types to which a
    reference can lead; ``values`` the only ones that a result parameter can have.
    """

    name: str
    kind: str
    documentation: str
    matches: Callable[[Any, str, Base], bool] = lambda *_: True
    targets: tuple[str, ...] = ()
    values: tuple[str, ...] = ()

    def has_name(self, name: str) -> bool:
        """Whether it is that one, perhaps with the type of its target: ``actor:Location``."""
        base, _, target = name.partition(":")
        return base == self.name and (not target or target in self.targets)

    def allows(self, value: str) -> bool:
        return not self.values or value in self.values


class SearchQuery(Struct, frozen=True, kw_only=True):
    """The parameters of a URL that are used, in its order; values of references have their type."""

    used: tuple[tuple[str, str], ...]
    values: Mapping[str, Sequence[str]]
    count: int
    after: str | None

    def has(self, name: str) -> bool:
        return name in self.values

    def alternatives(self, name: str) -> list[list[str]]:
        """Each use of a parameter, as values of which one has to match; all uses have to."""
        return [text.split(",") for text in self.values.get(name, ())]

    def url(self, path: str, after: str | None = None) -> str:
        """Return the URL of this page, or of the one after a position."""
        kept = [(name, value) for name, value in self.used if after is None or name != _AFTER]
        sent = kept if after is None else [*kept, (_AFTER, after)]
        return f"{path}?{urlencode(sent, safe=_SAFE)}" if sent else path


def read_query(request: Request, parameters: Sequence[SearchParameter]) -> SearchQuery:
    """Return what the URL has of these parameters, ``_count`` and the position of a page.

    Raises ``RequestRejectedError`` for an invalid count, a modifier that is not supported, and for
    what is not known if the client wants that (``Prefer: handling=strict``).
    """
    used: list[tuple[str, str]] = []
    values: dict[str, list[str]] = {}
    violations = Violations()
    for name, value in _sent(request):
        found = next((each for each in parameters if each.has_name(name)), None)
        if found is not None and found.allows(value):
            used.append((name, value))
            values.setdefault(found.name, []).append(_with_type(name, value))
        elif name in ("_count", _AFTER):
            used.append((name, value))
        elif name not in _PRESENTATION and (_is_strict(request) or _has_modifier(name, parameters)):
            with violations:
                raise _not_supported(name)
    count = DEFAULT_COUNT
    with violations:
        count = _parse_count(dict(used).get("_count"))
    violations.raise_any()
    after = dict(used).get(_AFTER)
    return SearchQuery(used=tuple(used), values=values, count=count, after=after)


def _has_modifier(name: str, parameters: Sequence[SearchParameter]) -> bool:
    """Whether it is a parameter with a modifier that is not supported: ``status:not``.

    Without it, the search would find other resources than those that the client wants, so FHIR
    requires an error, unlike for an unknown parameter.
    """
    base = name.partition(":")[0]
    return any(each.name == base and each.kind != "special" for each in parameters)


def add_form_fields(request: Request) -> None:
    """Add the fields of the request's form to the parameters of its URL: both mean the same.

    Raises ``RequestRejectedError`` if the body is no form, ``HttpError`` if it is too large.
    """
    try:
        fields = parse_qs(body(request).decode("ascii"), errors="strict")
    except ValueError:
        raise RequestRejectedError(
            FieldViolation("body", "invalid", Text("The body is not a valid form"))
        ) from None
    sent = {name: queries(request, name) for name in request.query_params or ()}
    request.query_params = MultiDict(
        {name: sent.get(name, []) + fields.get(name, []) for name in {**sent, **fields}}
    )


def _sent(request: Request) -> Iterator[tuple[str, str]]:
    for name in request.query_params or ():
        yield from ((name, value) for value in queries(request, name))


def _with_type(name: str, text: str) -> str:
    """Return ``Location/<id>`` for the id in ``actor:Location=<id>``."""
    _, _, target = name.partition(":")
    if not target:
        return text
    return ",".join(value if "/" in value else f"{target}/{value}" for value in text.split(","))


def _is_strict(request: Request) -> bool:
    return _STRICT.search(header(request, "prefer") or "") is not None


def _not_supported(name: str) -> RequestRejectedError:
    detail = Text("%(name)s is not supported here, or not with that value", name=name)
    return RequestRejectedError(FieldViolation(name, "unknown_member", detail))


def _parse_count(text: str | None) -> int:
    if text is None:
        return DEFAULT_COUNT
    if not (text.isascii() and text.isdecimal() and int(text[:9]) > 0):
        raise invalid_field("_count", Text("a whole number from 1 on"))
    return min(int(text[:9]), MAX_COUNT)


def parse_number(request: Request, name: str) -> int:
    """Return a parameter that is a whole number; 0 without it. Raises ``RequestRejectedError``."""
    text = query(request, name) or "0"
    if not (text.isascii() and text.isdecimal() and len(text) <= len("9999")):
        raise invalid_field(name, Text("a whole number"))
    return int(text)


def matches_reference(value: str, references: Sequence[str], base: Base) -> bool:
    """Whether a reference is one of these: ``Schedule/dr-lee``, ``dr-lee``, or a URL of it."""
    relative = value.removeprefix(f"{base.fhir}/")
    if "/" in relative:
        return relative in references
    return any(reference.partition("/")[2] == relative for reference in references)


def matches_token(value: str, system: str | None, code: str) -> bool:
    """Whether a token is the code: ``code``, ``|code`` without a system, or ``system|code``."""
    sent_system, mark, sent_code = value.rpartition("|")
    if not mark:
        return value == code
    return sent_code in ("", code) and sent_system == (system or "")


def matches_text(value: str, text: str) -> bool:
    """Whether the text or a word of it begins with the value, in any case."""
    wanted = value.casefold().strip()
    return any(rest.startswith(wanted) for rest in _word_starts(text.casefold()))


def _word_starts(text: str) -> Iterator[str]:
    words = text.split(" ")
    return (" ".join(words[number:]) for number in range(len(words)))


_DATE = re.compile(
    r"(?P<prefix>[a-z]{2})?(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d)"
    r"(T(?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)(\.\d{1,9})?)?"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
PREFIXES = ("ge", "gt", "le", "lt", "eq")


def parse_start(text: str) -> StartRange:
    """Parse a value of ``start``: ``ge2026-11-23``, ``lt2026-11-23T09:00:00Z``.

    A date or time without an offset is in each doctor's zone. Raises ``RequestRejectedError``.
    """
    # A "+" in a URL that is not encoded is a space.
    match = _DATE.fullmatch(text.replace(" ", "+"))
    prefix = match["prefix"] or "eq" if match else ""
    if match is None or prefix not in PREFIXES:
        raise _invalid_start()
    try:
        first, end = _period(match)
    except (ValueError, OverflowError):
        raise _invalid_start() from None
    return {
        "ge": StartRange(first=first),
        "gt": StartRange(first=end),
        "le": StartRange(end=end),
        "lt": StartRange(end=first),
        "eq": StartRange(first=first, end=end),
    }[prefix]


def _invalid_start() -> RequestRejectedError:
    expected = Text("ge, gt, le, lt or eq and a date or time, as in ge2026-11-23")
    return invalid_field("start", expected)


def _period(match: re.Match[str]) -> tuple[datetime, datetime]:
    """Return the first instant of a date or time, and the first one after it."""
    first = datetime.fromisoformat(_COMPLETE.format(**{**_DEFAULTS, **_given(match)}))
    if not MIN_DATE <= first.date() <= MAX_DATE:
        raise ValueError(first)
    if match["day"]:
        return first, first + _length(match)
    if match["month"]:
        return first, (first + timedelta(days=31)).replace(day=1)
    return first, first.replace(year=first.year + 1)


_COMPLETE = "{year}-{month}-{day}T{hour}:{minute}:{second}{zone}"
_DEFAULTS = {"month": "01", "day": "01", "hour": "00", "minute": "00", "second": "00", "zone": ""}


def _given(match: re.Match[str]) -> dict[str, str]:
    return {name: text for name, text in match.groupdict().items() if text}


def _length(match: re.Match[str]) -> timedelta:
    if match["second"]:
        return timedelta(seconds=1)
    return timedelta(minutes=1) if match["hour"] else timedelta(days=1)
