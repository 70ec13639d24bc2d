"""Runs the sandbox as a process of its own: `python -m sandbox --api-key KEY`."""

import argparse
import json
import logging
import os
import secrets
import signal
import sys
import threading
from pathlib import Path

from sandbox.server import SandboxServer

SEED_BITS = 32


def main() -> int:
    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        server = SandboxServer(port=options.port, seed=options.seed, api_key=options.api_key)
    except OSError as error:
        print(f"Cannot listen on port {options.port}: {error}", file=sys.stderr)
        return 1
    server.start()
    print(f"The sandbox acquirer listens on {server.url}, seed {options.seed}.", flush=True)
    if options.ready_file is not None:
        _announce(options.ready_file, server.url)
    stop.wait()
    server.stop()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument(
        "--seed",
        type=int,
        default=secrets.randbits(SEED_BITS),
        help="identifiers and chances follow from it; a random one by default",
    )
    parser.add_argument("--api-key", required=True, help="what merchants send as Bearer")
    parser.add_argument(
        "--ready-file", type=Path, help='gets {"url", "pid"} once the server listens'
    )
    return parser.parse_args()


def _announce(ready_file: Path, url: str) -> None:
    """Write the whole file or none: who waits for it must never read half of it."""
    unfinished = ready_file.with_name(f".{ready_file.name}.{os.getpid()}")
    unfinished.write_text(json.dumps({"url": url, "pid": os.getpid()}))
    unfinished.replace(ready_file)


if __name__ == "__main__":
    sys.exit(main())
