"""Whatever fails, and whenever. ``FAULTS=long`` tries more of it, and for longer."""

import os

IS_LONG = os.environ.get("FAULTS") == "long"
