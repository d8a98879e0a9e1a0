"""The tools of tools/node, which run in the Node.js of .venv-node."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

PROJECT = Path(__file__).parents[2]
NODE = PROJECT / ".venv-node" / "bin" / "node"
FOLDER = PROJECT / "tools" / "node"
MODULES = PROJECT / ".venv-node" / "tools" / "node_modules"


def run_tool(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a tool of tools/node; ``scripts/_setup node`` installs them."""
    return run_node(MODULES / ".bin" / name, *arguments)


def run_node(
    *arguments: str | Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NODE, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "REDOCLY_TELEMETRY": "off", **(environment or {})},
    )
