"""A refusal as the platform words it: RFC 9457 problem documents."""

import json
from dataclasses import dataclass
from typing import Any

from client.transport import Answer

PASSING_STATUSES = frozenset({429, 502, 503, 504})  # a gateway's own words, without a document
RETRY_AFTER_SECONDS_MAX = 30.0


@dataclass(frozen=True, slots=True)
class InputError:
    """One thing wrong with what was sent, and where: `pointer` is a JSON pointer."""

    pointer: str
    detail: str


class Problem(Exception):
    """The platform refused. `retryable`: the same call with the same key may succeed later."""

    def __init__(self, answer: Answer) -> None:
        document = _document(answer)
        self.status = answer.status
        self.title = str(document.get("title") or f"HTTP {answer.status}")
        self.detail = str(document.get("detail") or "")
        self.code = str(document.get("code") or "no_problem_document")
        self.correlation_id = str(
            document.get("correlation_id") or answer.headers.get("x-correlation-id", "")
        )
        self.retryable = bool(document.get("retryable", answer.status in PASSING_STATUSES))
        self.errors = tuple(_input_errors(document.get("errors")))
        self.retry_after_seconds = _seconds(answer.headers.get("retry-after"))
        super().__init__(f"{self.status} {self.code}: {self.title}. {self.detail}")


def _document(answer: Answer) -> dict[str, Any]:
    try:
        found = json.loads(answer.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _input_errors(errors: object) -> list[InputError]:
    entries = errors if isinstance(errors, list) else []
    return [
        InputError(str(entry.get("pointer", "")), str(entry.get("detail", "")))
        for entry in entries
        if isinstance(entry, dict)
    ]


def _seconds(header: str | None) -> float | None:
    if header is None or not header.isdecimal():
        return None
    return min(float(header), RETRY_AFTER_SECONDS_MAX)
