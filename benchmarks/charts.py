"""Tables and a chart of the results of ``scaling``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.local_config import PROJECT

if TYPE_CHECKING:
    from benchmarks.scaling import Series

CHART_PATH = PROJECT / "docs" / "images" / "growth.svg"
# A longer legend would cover the lines.
_MAX_LEGEND_ENTRIES = 3


def print_tables(results: dict[str, Series]) -> None:
    for variable, series in results.items():
        sizes = [*next(iter(series.values()))]
        print(f"| CPU, ms, by {variable} | {' | '.join(f'{size:,}' for size in sizes)} |")
        print("|---|" + "---|" * len(sizes))
        for name, costs in series.items():
            print(f"| {name} | {' | '.join(f'{cost:.2f}' for cost in costs.values())} |")
        print()


def draw(results: dict[str, Series]) -> None:
    """Draw one chart per variable, each with a y-axis that starts at zero."""
    import matplotlib as mpl  # noqa: PLC0415  only .venv-bench has it
    from matplotlib import pyplot as plt  # noqa: PLC0415  the same

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "growth"  # makes element ids the same in every run
    mpl.rcParams["svg.fonttype"] = "none"  # text stays text
    figure, grid = plt.subplots(2, 2, figsize=(10, 8), layout="constrained")
    lines: dict[str, Any] = {}
    for axes, (variable, series) in zip(grid.flat, results.items(), strict=True):
        axes.set_prop_cycle(color=mpl.colormaps["tab20"].colors)
        for name, costs in series.items():
            (lines[name],) = axes.plot([*costs], [*costs.values()], marker="o", label=name)
        axes.set(xlabel=variable, ylabel="CPU of a request, ms", ylim=(0, None))
        if max(max(costs) for costs in series.values()) > 1_000:
            axes.set_xscale("log")
        axes.grid(alpha=0.3)
        if len(series) <= _MAX_LEGEND_ENTRIES:
            axes.legend()
            lines = {}
    figure.legend(lines.values(), lines, loc="outside lower center", ncols=5)  # for the lower two
    figure.savefig(CHART_PATH, metadata={"Date": None})
