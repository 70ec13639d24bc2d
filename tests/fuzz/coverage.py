"""One parser under a fuzzer that is guided by coverage: `python -m tests.fuzz.coverage NAME RUNS`.

atheris (libFuzzer) changes its inputs where that reaches code that no input has reached before. It
ends the process itself: with 0 after so many runs, else with the input that it has found.
"""

import sys
import tempfile
from pathlib import Path

import atheris

SEED = 7
LENGTH_MAX = 4096

with atheris.instrument_imports(include=["accounting", "client", "orders", "payments", "shared"]):
    from tests.fuzz.parsers import PARSERS


def main() -> None:
    name, runs = sys.argv[1], int(sys.argv[2])
    parser = PARSERS[name]

    def one(data: bytes) -> None:
        parser.try_(data)

    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(parser.seeds):
            (Path(corpus) / str(number)).write_bytes(seed)
        limits = (f"-runs={runs}", f"-seed={SEED}", f"-max_len={LENGTH_MAX}")
        atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={corpus}/", corpus], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
