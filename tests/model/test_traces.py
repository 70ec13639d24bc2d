"""What the real code does in the simulator is a run of the model."""

from pathlib import Path

import pytest

from tests.model.acceptance import SEEDS, accepted, accepts, tracing
from tests.model.spin import missing
from tests.model.traces import (
    ARRIVAL,
    BOOKED,
    COUNTED,
    INTENT,
    PUT,
    STATUS,
    VERDICT,
    recorded,
)
from tests.simulation.lives import Life

pytestmark = pytest.mark.skipif(missing() is not None, reason=f"{missing()} is not installed")
CAPTURED = Life(automatic=True)
BEYOND_MAX = 12
"""How many of these worlds may do what the model leaves out."""


@pytest.fixture(scope="module")
def pan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tracing(tmp_path_factory.mktemp("model"))


def test_a_run_of_the_code_is_a_run_of_the_model(pan: Path, tmp_path: Path) -> None:
    told = accepted(SEEDS, pan, tmp_path)
    assert not told.rejected
    assert len(told.beyond) <= BEYOND_MAX


@pytest.mark.parametrize("kind", [INTENT, STATUS, ARRIVAL, VERDICT, PUT, BOOKED])
def test_a_run_without_the_last_of_its_steps_of_a_kind_is_none_of_the_model(
    kind: int, pan: Path, tmp_path: Path
) -> None:
    recorder = recorded(0, CAPTURED)
    last = max(place for place, seen in enumerate(recorder.seen) if seen[0] == kind)
    del recorder.seen[last]
    assert not accepts(pan, recorder, tmp_path)


def test_a_run_that_counts_twice_is_none_of_the_model(pan: Path, tmp_path: Path) -> None:
    recorder = recorded(0, CAPTURED)
    recorder.seen.append(next(seen for seen in recorder.seen if seen[0] == COUNTED))
    assert not accepts(pan, recorder, tmp_path)
