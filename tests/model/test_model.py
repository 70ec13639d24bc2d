"""The protocol is right in every state it can reach, and each bug planted in it is found."""

from pathlib import Path

import pytest

from tests.model.configurations import CONFIGURATIONS, Configuration
from tests.model.mutants import MUTANTS, Mutant
from tests.model.spin import MODEL, missing, searched

pytestmark = pytest.mark.skipif(missing() is not None, reason=f"{missing()} is not installed")
SHALLOW = [each for each in CONFIGURATIONS if not each.deep]


@pytest.mark.parametrize("configuration", SHALLOW, ids=lambda each: each.name)
def test_every_run_of_the_protocol_ends_with_the_money_right(
    configuration: Configuration, tmp_path: Path
) -> None:
    found = searched(tmp_path, configuration.switches, fast=False)
    assert found.violated is None, "\n".join(found.steps)
    assert found.states == configuration.states


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda each: each.name)
def test_a_bug_planted_in_the_protocol_is_found(mutant: Mutant, tmp_path: Path) -> None:
    found = searched(tmp_path, (mutant.name, *mutant.switches), fast=False)
    assert found.violated is not None
    assert mutant.breaks in found.violated
    assert found.steps


def test_no_run_goes_on_for_ever(tmp_path: Path) -> None:
    """Where nothing repeats, every command ends once the faults do: there is no cycle at all."""
    for switches in (("SILENT=0",), ("N=2", "BOOKS", "SILENT=0")):
        found = searched(tmp_path, switches, fast=False, cycles=True)
        assert found.violated is None, "\n".join(found.steps)


def test_every_switch_that_plants_a_bug_is_in_the_model() -> None:
    text = "".join(path.read_text() for path in MODEL.parent.glob("*.pml"))
    for mutant in MUTANTS:
        assert mutant.name in text
