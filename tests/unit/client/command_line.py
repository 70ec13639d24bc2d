"""Runs the command line against a server and keeps what it printed."""

import pytest

from client.cli import main
from tests.unit.client.answering_server import Script


class Told:
    """What a run has printed, in `out` and `err`."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        self.out = self.err = ""

    def run(self, script: Script, *arguments: str) -> int:
        self._monkeypatch.setenv("QUITTANCE_API_URL", script.url)
        self._monkeypatch.setenv("QUITTANCE_API_KEY", "qk_secret")
        try:
            code = main(arguments)
        except SystemExit as left:
            code = int(left.code or 0)
        self.out, self.err = self._capsys.readouterr()
        return code
