"""The Python sources of the project."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).parents[2]
FOLDERS = ("chalicelib", "cloud", "local", "tools", "examples", "benchmarks", "tests")
SOURCES = [
    PROJECT / "app.py",
    *(path for folder in FOLDERS for path in sorted((PROJECT / folder).rglob("*.py"))),
]
