"""Start LocalStack with the plugin, on 127.0.0.1 and the port in GATEWAY_LISTEN.

Run as `.localstack/bin/python -m apphost.localstack.launcher` from the root of the repository.
"""

import importlib.metadata
import os
import sys
from pathlib import Path
from typing import Never

from apphost.localstack.plugin import (
    closed_waits,
    jsonata,
    listening,
    polling,
    stock,
    workers,
)

METADATA = Path(__file__).parent / "metadata"
"""An installed package as Python sees one; LocalStack finds plugins by its entry points."""


def main() -> None:
    installed = importlib.metadata.version("localstack-core")
    if installed != stock.VERSION:
        sys.exit(f"LocalStack is {installed}; the plugin is for {stock.VERSION}")
    sys.path.append(str(METADATA))
    listening.mend()
    jsonata.mend()
    polling.mend()
    closed_waits.mend()
    workers.serve()
    try:
        stock.part("localstack.runtime.main").main()
    except SystemExit as ended:
        _leave(ended.code)


def _leave(code: str | int | None) -> Never:
    """At once: with what LocalStack has loaded, Python's own tidying up does not come to an end."""
    if isinstance(code, str):
        print(code, file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1 if isinstance(code, str) else code or 0)


if __name__ == "__main__":
    main()
