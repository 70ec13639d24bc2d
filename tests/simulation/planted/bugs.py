"""Every planted bug, and the seed that has found it before."""

import json
from pathlib import Path
from typing import Final

from tests.simulation.planted import counting, messaging, paying, reconciling
from tests.simulation.planted.planting import Bug

BUGS: Final[tuple[Bug, ...]] = (*messaging.BUGS, *paying.BUGS, *counting.BUGS, *reconciling.BUGS)
HOLES: Final = frozenset(
    {
        "a capture undone before it is booked is passed over",
        "a dispute that has ended is opened again",
        "a dispute that is over ends again",
        "a hold expires under a capture that is under way",
        "a late failure takes back a success",
        "a line is kept with the day on which it was sent",
        "a line that comes before its dispute was heard of stays alone",
        "a provider that has not decided takes back what it decided",
        "a refund that failed later has succeeded",
        "a refund under way is not reserved",
        "a reversal is named by its moment",
        "a success is withdrawn twice",
        "an older word of the hold writes over a newer",
        "giving up during the authorization is forgotten",
        "money moves while an outcome is unknown",
        "nobody asks about a hold whose time is over",
        "the outcome is acknowledged and not kept",
        "the same request is another request's order",
        "two attempts of one refund draw on the same debt",
        "what was given up is not given back when it is authorized",
    }
)
"""What no seed has found yet: holes of the simulator, or what another guard makes good."""
REPORT: Final = Path(__file__).parents[3] / "bench" / "results" / "planted.json"


def known() -> dict[str, int]:
    """The seeds of the last `make planted`: they are tried first, for what is rare."""
    if not REPORT.exists():
        return {}
    hunts = json.loads(REPORT.read_text())["hunts"]
    return {each["name"]: each["seed"] for each in hunts if each["rules"]}
