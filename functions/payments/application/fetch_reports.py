"""Fetch the settlement reports that a provider has and we do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A report that a provider has ready, by its number in the series of an account."""

    account: str
    number: int
    name: str


class Source(Protocol):
    """A provider that hands out its reports."""

    def offered(self) -> tuple[Offered, ...]:
        """Every report it has; raises OutcomeUnknown, ProviderNotReached, ProviderRefusesUs."""

    def fetched(self, report: Offered) -> bytes:
        """A report as it is; raises as `offered`."""


class Known(Protocol):
    def numbers(self, provider: str, account: str) -> set[int]:
        """The numbers of the reports that were read."""


def fetch_reports(
    provider: str, *, source: Source, known: Known, put: Callable[[str, bytes], None]
) -> int:
    """Put every report that was not read yet where reports come in; returns how many."""
    fetched = 0
    numbers: dict[str, set[int]] = {}
    for report in source.offered():
        if report.account not in numbers:
            numbers[report.account] = known.numbers(provider, report.account)
        if report.number in numbers[report.account]:
            continue
        put(f"{provider}/{report.account}/{report.name}", source.fetched(report))
        fetched += 1
    return fetched
