"""Every planted bug, and the seed that has found it before."""

import json
from pathlib import Path
from typing import Final

from tests.simulation.planted import (
    banking,
    counting,
    messaging,
    paying,
    reconciling,
    ruling,
    trusting,
    undoing,
)
from tests.simulation.planted.planting import Bug

BUGS: Final[tuple[Bug, ...]] = (
    *messaging.BUGS,
    *paying.BUGS,
    *counting.BUGS,
    *reconciling.BUGS,
    *banking.BUGS,
    *trusting.BUGS,
    *ruling.BUGS,
    *undoing.BUGS,
)
REPORT: Final = Path(__file__).parents[3] / "bench" / "results" / "planted.json"


def known() -> dict[str, int]:
    """The seeds of the last `make planted`: they are tried first, for what is rare."""
    if not REPORT.exists():
        return {}
    hunts = json.loads(REPORT.read_text())["hunts"]
    return {each["name"]: each["seed"] for each in hunts if each["rules"]}
