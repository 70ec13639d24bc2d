"""What workers say outside of the tables: the lines of their logs, and their answers."""

from __future__ import annotations

from collections.abc import Mapping
from traceback import format_exc
from typing import Any

from tests.simulation.network import Answer


class Said:
    """`texts` are by where each was said; an exception that nobody has a name for is a surprise."""

    def __init__(self, surprises: list[str]) -> None:
        self.texts: list[tuple[str, Any]] = []
        self._surprises = surprises

    def answered(self, function: str, answer: Answer) -> Answer:
        if answer is not None and "body" in answer:
            self.texts.append((f"an answer of {function}", answer["body"]))
        return answer

    def logged(self, event: str, fields: Mapping[str, Any]) -> None:
        self.texts.append((f"the log, at {event!r}", {"event": event, **fields}))

    def failed(self, event: str, fields: Mapping[str, Any]) -> None:
        """Logged with its stack; those of AWS are faults of this world."""
        text = format_exc()
        self.logged(event, {**fields, "exception": text})
        if "botocore.exceptions" not in text.strip().splitlines()[-1]:
            self._surprises.append(f"{event}: {text}")
