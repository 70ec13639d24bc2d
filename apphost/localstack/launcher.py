"""Start LocalStack with the plugin, on 127.0.0.1 and the port in GATEWAY_LISTEN.

Run as `.localstack/bin/python -m apphost.localstack.launcher` from the root of the repository.
"""

import importlib.metadata
import sys
from pathlib import Path

from apphost.localstack.plugin import function_urls, jsonata, stock, workers

METADATA = Path(__file__).parent / "metadata"
"""An installed package as Python sees one; LocalStack finds plugins by its entry points."""


def main() -> None:
    installed = importlib.metadata.version("localstack-core")
    if installed != stock.VERSION:
        sys.exit(f"LocalStack is {installed}; the plugin is for {stock.VERSION}")
    sys.path.append(str(METADATA))
    function_urls.mend()
    jsonata.mend()
    workers.serve()
    stock.part("localstack.runtime.main").main()


if __name__ == "__main__":
    main()
