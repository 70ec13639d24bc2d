"""Requests as the API's description allows and forbids them, sent to the real handlers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.contract.openapi import render
from tests.fuzz.gateway import application
from tests.fuzz.platform import KEY, Platform
from tests.fuzz.population import populate

CHECKS: Final = (
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
MODES: Final = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
"""As the description allows, and as it forbids."""
KNOWN: Final = 0.7
"""How often an id in a path is one that is there."""
REQUESTS_PER_PLATFORM: Final = 100
SERVER_ERROR: Final = 500
REFUSED: Final = 400


class Found(AssertionError):
    """A request that the API did not answer as it must."""


@dataclass
class Fuzzer:
    """Sends to one operation after another; a fresh platform every so many requests."""

    number: int = 0
    application: Any = application
    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    random: Random = field(default_factory=Random)

    def operations(self) -> list[Any]:
        """Every operation that the API describes."""
        schema = schemathesis.openapi.from_dict(render())
        found: Iterable[Any] = schema.get_all_operations()
        return [each.ok() for each in found]

    def fuzz(self, operation: Any, *, requests: int, mode: GenerationMode) -> None:
        """Send that many requests to an operation; raises Found."""
        self.random.seed(f"{self.number} {operation.label} {mode}")
        for block in range(-(-requests // REQUESTS_PER_PLATFORM)):
            count = min(REQUESTS_PER_PLATFORM, requests - block * REQUESTS_PER_PLATFORM)
            self._block(operation, count, mode, block)

    def _block(self, operation: Any, count: int, mode: GenerationMode, block: int) -> None:
        platform = Platform()
        with platform.installed():
            ids = populate()

            @seed(self.number * 1000 + block)
            @settings(
                max_examples=count,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def send(case: Any) -> None:
                self._send(case, platform, ids)

            send()

    def _send(self, case: Any, platform: Platform, ids: dict[str, list[str]]) -> None:
        for name in case.path_parameters or {}:
            if name in ids and self.random.random() < KNOWN:
                case.path_parameters[name] = self.random.choice(ids[name])
        before = platform.state()
        response = case.call(app=self.application, headers={"Authorization": f"Bearer {KEY}"})
        self.sent += 1
        self.statuses[response.status_code] += 1
        if response.status_code >= SERVER_ERROR:
            raise Found(f"{case.as_curl_command()}\n{response.status_code} {response.text}")
        if response.status_code >= REFUSED and platform.state() != before:
            raise Found(f"{case.as_curl_command()}\n{response.status_code}, and a write")
        case.validate_response(response, checks=list(CHECKS))
