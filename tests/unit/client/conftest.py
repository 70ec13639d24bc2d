"""The command line, for the tests of what it says."""

import pytest

from tests.unit.client.command_line import Told


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Told:
    monkeypatch.setenv("COLUMNS", "200")
    return Told(capsys, monkeypatch)
