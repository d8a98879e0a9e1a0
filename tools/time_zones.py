"""``python -m tools.time_zones``: write the aliases of time zones as a module of the app.

The app's bundle has no text of the time zone database, and ``zoneinfo`` does not say which names
are links. A unit test compares the module with the installed ``tzdata``.
"""

from importlib import resources
from pathlib import Path

TARGET = Path(__file__).parents[1] / "chalicelib" / "domain" / "time_zone_aliases.py"
_HEADER = '''\
"""Aliases of time zones, from tzdata: ``python -m tools.time_zones`` writes this module."""

ALIASES = {
'''


def read_aliases() -> dict[str, str]:
    """Return the canonical name of each alias.

    The database also links countries that share a clock today, as Amsterdam to Brussels. The names
    of its table of countries are no aliases: a doctor in Amsterdam does not work in Brussels.
    """
    folder = resources.files("tzdata") / "zoneinfo"
    lines = (folder / "tzdata.zi").read_text(encoding="ascii").splitlines()
    pairs = (line.split()[1:] for line in lines if line.startswith("L "))
    links = {alias: name for name, alias in pairs}
    countries = {
        line.split("\t")[2]
        for line in (folder / "zone.tab").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    }
    return {alias: _resolve(alias, links) for alias in sorted(links.keys() - countries)}


def _resolve(name: str, links: dict[str, str]) -> str:
    while name in links:
        name = links[name]
    return name


def render(aliases: dict[str, str]) -> str:
    lines = (f'    "{alias}": "{name}",\n' for alias, name in aliases.items())
    return f"{_HEADER}{''.join(lines)}}}\n"


if __name__ == "__main__":
    TARGET.write_text(render(read_aliases()), encoding="utf-8")
