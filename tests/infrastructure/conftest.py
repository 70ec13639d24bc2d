"""One folder a run for what is synthesized, shared by the workers of the run."""

import os

import pytest

from tests.infrastructure.synthesis import Assemblies


@pytest.fixture(scope="session")
def assemblies(tmp_path_factory: pytest.TempPathFactory) -> Assemblies:
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "assemblies"
    folder.mkdir(exist_ok=True)
    return Assemblies(folder)
