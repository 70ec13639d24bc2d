"""Importing pure code loads no library, and importing any code needs no environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOTS = (ROOT / "functions", ROOT / "layers" / "shared" / "python")
HEAVY = ("aws_lambda_powertools", "boto3", "botocore", "pydantic", "urllib3")
IMPORT_SECONDS_MAX = 60

# Reads sys.modules after each import: exact, and blind to how busy the machine is.
LOAD = """
import importlib, json, sys
heavy = set(json.loads(sys.argv[2]))
for module in json.loads(sys.argv[1]):
    importlib.import_module(module)
    loaded = heavy & set(sys.modules)
    if loaded:
        sys.exit(f"importing {module} loads {', '.join(sorted(loaded))}; move that import to "
                 "infrastructure/, api/ or shared.contracts.codec")
"""

# A connection or a look at the environment's variables at import would fail or show here.
LOAD_OFFLINE = """
import importlib, json, socket, sys
def refuse(*_):
    sys.exit("an import opened a connection; build adapters in wiring.py, behind @cache")
socket.socket.connect = refuse
for module in json.loads(sys.argv[1]):
    try:
        importlib.import_module(module)
    except KeyError as missing:
        sys.exit(f"importing {module} reads {missing} from the environment; settings do that")
"""


def modules() -> list[str]:
    return [
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        for root in ROOTS
        for path in sorted(root.rglob("*.py"))
    ]


def is_pure(module: str) -> bool:
    parts = module.split(".")
    return (
        {"application", "domain"} & set(parts[1:2]) != set()
        or module.endswith(".settings")
        or module in {"shared.money", "shared.ids"}
        or (module.startswith("shared.contracts") and parts[-1] != "codec")
    )


def run(code: str, *arguments: object) -> None:
    """Run in an interpreter of its own, whose environment names this checkout and nothing else."""
    ran = subprocess.run(
        [sys.executable, "-c", code, *map(json.dumps, arguments)],
        env={"PYTHONPATH": os.pathsep.join(map(str, (*ROOTS, ROOT)))},
        cwd=ROOT,
        timeout=IMPORT_SECONDS_MAX,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr


def test_pure_modules_load_no_library() -> None:
    pure = [module for module in modules() if is_pure(module)]
    assert {"orders.domain", "payments.application", "shared.money"} <= set(pure)
    run(LOAD, pure, HEAVY)


def test_every_module_of_a_lambda_imports_without_environment_or_network() -> None:
    run(LOAD_OFFLINE, modules())
