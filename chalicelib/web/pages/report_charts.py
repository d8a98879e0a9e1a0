"""The plots of reports: bars by week, as SVG that the template renders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 360, 140
"""Of the drawing, in its own units."""
_LEFT, _TOP, _BOTTOM = 40, 12, 112
_BAR_SHARE = 0.7
_MIN_BAR = 1
# Of the labels below the bars, so that they don't touch on a phone.
_MAX_LABELS = 5


class Bar(Struct, frozen=True, kw_only=True):
    """A bar with its place. ``label`` is below it, if there is room for one."""

    x: float
    y: float
    width: float
    height: float
    is_coming: bool
    label: str
    label_x: float


class Chart(Struct, frozen=True, kw_only=True):
    """A plot. ``title`` and ``description`` say what it shows; ``lines`` have their labels."""

    title: str
    description: str
    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, str], ...]
    left: int = _LEFT
    width: int = WIDTH
    height: int = HEIGHT


class Point(Struct, frozen=True):
    """A value of a week; None leaves its place empty."""

    value: float | None
    label: str
    is_coming: bool


def draw_bars(
    points: Sequence[Point], highest: float, labels: tuple[str, str], title: str, description: str
) -> Chart:
    """Place the bars between zero and the highest value, which have the ``labels``."""
    step = (WIDTH - _LEFT) / max(1, len(points))
    every = -(-len(points) // _MAX_LABELS)
    bars = [
        _draw(point, _LEFT + number * step, step, highest, has_label=number % every == 0)
        for number, point in enumerate(points)
    ]
    low, high = labels
    lines = ((float(_BOTTOM), low), (float(_TOP), high))
    return Chart(title=title, description=description, bars=tuple(bars), lines=lines)


def _draw(point: Point, left: float, step: float, highest: float, *, has_label: bool) -> Bar:
    share = (point.value or 0) / highest if highest else 0
    height = max(_MIN_BAR, share * (_BOTTOM - _TOP)) if point.value else 0
    width = step * _BAR_SHARE
    return Bar(
        x=round(left + (step - width) / 2, 1),
        y=round(_BOTTOM - height, 1),
        width=round(width, 1),
        height=round(height, 1),
        is_coming=point.is_coming,
        label=point.label if has_label else "",
        label_x=round(left + step / 2, 1),
    )
