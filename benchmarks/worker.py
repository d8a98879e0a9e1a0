"""One contender in a process of its own: ``python -m benchmarks.worker MODULE:HANDLER``.

A line of events in, a line of answers out, each with what it cost this process. The first answer
has what it cost to import the handler besides.
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


def measure_call(handler: Any, event: Any) -> dict[str, Any]:  # noqa: ANN401  whatever Lambda is given
    """An answer, and what it took in CPU and on the clock, in seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = handler(event, LAMBDA_CONTEXT)
    took = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    headers = {name: values[0] for name, values in (answer.get("multiValueHeaders") or {}).items()}
    headers |= answer.get("headers") or {}
    etag = next((value for name, value in headers.items() if name.lower() == "etag"), None)
    return {**took, "status": answer["statusCode"], "body": answer.get("body") or "", "etag": etag}


def main() -> None:
    """Answer until there is no more to read."""
    # What a handler prints is none of our answers.
    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    module, _, name = sys.argv[1].partition(":")
    first = json.loads(sys.stdin.readline())
    wall, cpu = time.perf_counter(), time.process_time()
    handler = getattr(importlib.import_module(module), name)
    imported = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    answers = [{"import": imported, **measure_call(handler, event)} for event in first]
    while True:
        told.write(json.dumps(answers) + "\n")
        told.flush()
        line = sys.stdin.readline()
        if not line:
            return
        answers = [measure_call(handler, event) for event in json.loads(line)]


if __name__ == "__main__":
    main()
