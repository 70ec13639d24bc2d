"""What the real code does in the simulator is a run of the model."""

from pathlib import Path

import pytest

from tests.model.spin import compiled, follows, missing
from tests.model.traces import (
    ARRIVAL,
    BOOKED,
    COUNTED,
    INTENT,
    PUT,
    STATUS,
    VERDICT,
    BeyondTheModel,
    Recorder,
    recorded,
)
from tests.simulation.lives import Life

pytestmark = pytest.mark.skipif(missing() is not None, reason=f"{missing()} is not installed")
CAPTURED = Life(automatic=True)
SEEDS = range(30)
BEYOND_MAX = 12
"""How many of these worlds may do what the model leaves out."""


@pytest.fixture(scope="module")
def pan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    switches = ("TRACE", "N=15", "BOOKS", "UNDOING")
    options = ("-O0", "-DSAFETY", "-DNOREDUCE", "-DCOLLAPSE")
    return compiled(tmp_path_factory.mktemp("model"), switches, options=options)


def accepted(recorder: Recorder, pan: Path, place: Path) -> bool:
    trace = place / "trace"
    trace.write_text(recorder.text())
    return follows(pan, trace)


def test_a_run_of_the_code_is_a_run_of_the_model(pan: Path, tmp_path: Path) -> None:
    beyond, rejected = 0, []
    for seed in SEEDS:
        try:
            recorder = recorded(seed)
        except BeyondTheModel:
            beyond += 1
            continue
        if not accepted(recorder, pan, tmp_path):
            rejected.append(seed)
    assert not rejected
    assert beyond <= BEYOND_MAX


@pytest.mark.parametrize("kind", [INTENT, STATUS, ARRIVAL, VERDICT, PUT, BOOKED])
def test_a_run_without_the_last_of_its_steps_of_a_kind_is_none_of_the_model(
    kind: int, pan: Path, tmp_path: Path
) -> None:
    recorder = recorded(0, CAPTURED)
    last = max(place for place, seen in enumerate(recorder.seen) if seen[0] == kind)
    del recorder.seen[last]
    assert not accepted(recorder, pan, tmp_path)


def test_a_run_that_counts_twice_is_none_of_the_model(pan: Path, tmp_path: Path) -> None:
    recorder = recorded(0, CAPTURED)
    recorder.seen.append(next(seen for seen in recorder.seen if seen[0] == COUNTED))
    assert not accepted(recorder, pan, tmp_path)
