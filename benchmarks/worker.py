"""Run one handler in its own process: ``python -m benchmarks.worker MODULE:HANDLER``.

It reads lines with lists of events and writes lines with lists of responses, each with the time
that it cost this process. The first response also has the time that importing the handler took.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from types import SimpleNamespace
from typing import Any

LAMBDA_CONTEXT = SimpleNamespace(
    aws_request_id="0", function_name="bench", memory_limit_in_mb=1024, invoked_function_arn="arn",
    function_version="1", get_remaining_time_in_millis=lambda: 29_000,
)  # fmt: skip


def measure_call(handler: Any, event: Any) -> dict[str, Any]:  # noqa: ANN401  as Lambda calls it
    """Return the response of the handler with its CPU and wall time in seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    response = handler(event, LAMBDA_CONTEXT)
    cost = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    headers = {
        name: values[0] for name, values in (response.get("multiValueHeaders") or {}).items()
    }
    headers |= response.get("headers") or {}
    etag = next((value for name, value in headers.items() if name.lower() == "etag"), None)
    body = response.get("body") or ""
    return {**cost, "status": response["statusCode"], "body": body, "etag": etag}


def main() -> None:
    # What a handler prints goes to stderr, so that it does not mix with the responses.
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    module, _, name = sys.argv[1].partition(":")
    first_events = json.loads(sys.stdin.readline())
    wall, cpu = time.perf_counter(), time.process_time()
    handler = getattr(importlib.import_module(module), name)
    imported = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    responses = [{"import": imported, **measure_call(handler, event)} for event in first_events]
    while True:
        output.write(json.dumps(responses) + "\n")
        output.flush()
        line = sys.stdin.readline()
        if not line:
            return
        responses = [measure_call(handler, event) for event in json.loads(line)]


if __name__ == "__main__":
    main()
