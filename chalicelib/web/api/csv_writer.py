"""Write CSV (RFC 4180) that is safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from chalice.app import Response

from chalicelib.web.http.negotiation import VARY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chalicelib.web.http.types import Headers

_STARTS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def format_csv(header: Sequence[str], rows: Iterable[Sequence[str | float | None]]) -> str:
    """Return the lines. A text that a spreadsheet would take for a formula begins with ``'``."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_guard(cell) for cell in row] for row in rows)
    return out.getvalue()


def _guard(cell: str | float | None) -> str | float | None:
    """Guard against CSV injection, as OWASP recommends; a number stays as it is."""
    is_formula = isinstance(cell, str) and cell.startswith(_STARTS_OF_FORMULAS)
    return f"'{cell}" if is_formula else cell


def csv_response(text: str, file_name: str) -> Response:
    """Return CSV that a browser saves as a file, and that only the client may store."""
    headers: Headers = {
        "Content-Type": "text/csv; charset=utf-8; header=present",
        "Cache-Control": "private, no-cache",
        **VARY,
        **attachment(file_name),
    }
    return Response(body=text, headers=headers)


def attachment(file_name: str) -> Headers:
    """The header by which a browser saves a file (RFC 6266); the name is of letters and digits."""
    return {"Content-Disposition": f'attachment; filename="{file_name}"'}
