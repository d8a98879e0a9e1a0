"""How cost grows, as tables and as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.local_config import PROJECT

if TYPE_CHECKING:
    from benchmarks.scaling import Series

CHART_PATH = PROJECT / "docs" / "images" / "growth.svg"
# As many names as leave room for the lines.
_MAX_LEGEND_ENTRIES = 3


def print_tables(results: dict[str, Series]) -> None:
    """Print the figures."""
    for by, series in results.items():
        places = [*next(iter(series.values()))]
        print(f"| CPU, ms, by {by} | {' | '.join(f'{place:,}' for place in places)} |")
        print("|---|" + "---|" * len(places))
        for name, costs in series.items():
            print(f"| {name} | {' | '.join(f'{cost:.2f}' for cost in costs.values())} |")
        print()


def draw(results: dict[str, Series]) -> None:
    """All of them side by side, each from zero."""
    import matplotlib as mpl  # noqa: PLC0415  it is there for the bench alone
    from matplotlib import pyplot as plt  # noqa: PLC0415  the same

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "growth"  # else every drawing has other ids
    mpl.rcParams["svg.fonttype"] = "none"  # text stays text
    figure, places = plt.subplots(2, 2, figsize=(10, 8), layout="constrained")
    lines: dict[str, Any] = {}
    for axes, (by, series) in zip(places.flat, results.items(), strict=True):
        axes.set_prop_cycle(color=mpl.colormaps["tab20"].colors)
        for name, costs in series.items():
            (lines[name],) = axes.plot([*costs], [*costs.values()], marker="o", label=name)
        axes.set(xlabel=by, ylabel="CPU of a request, ms", ylim=(0, None))
        if max(max(costs) for costs in series.values()) > 1_000:
            axes.set_xscale("log")
        axes.grid(alpha=0.3)
        if len(series) <= _MAX_LEGEND_ENTRIES:
            axes.legend()
            lines = {}
    figure.legend(lines.values(), lines, loc="outside lower center", ncols=5)  # of the two below
    figure.savefig(CHART_PATH, metadata={"Date": None})
