"""The three services' real handlers in one process: tables in memory, and a provider that is quiet.

Only what `wiring` would connect to AWS is replaced; requests come in as the gateway's events.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, override

import pytest

from accounting import wiring as accounting
from orders import wiring as orders
from orders.settings import Settings as OrdersSettings
from payments import wiring as payments
from payments.domain.errors import ProviderNotConfigured
from payments.infrastructure.providers.sandbox import SandboxGateway
from shared import clock
from shared.contracts.provider_notice import Notice
from shared.messaging.guard import CommandGuard
from shared.operations import wiring as operations
from shared.persistence.rows import Row
from shared.persistence.table import Table
from shared.rest.access import ApiKeys
from tests.contract.operations import OPERATIONS
from tests.contract.services import APPS, SERVICES, app_of
from tests.doubles.memory_table import MemoryTable
from tests.doubles.memory_vault import MemoryVault
from tests.unit.shared.records_client import RecordsClient

NOW: Final = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEY: Final = "qk_fuzz"
SECRET: Final = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
PROVIDER: Final = {"url": "http://127.0.0.1:9", "api_key": "sk", "webhook_secret": SECRET}
WIRING: Final[Mapping[str, Any]] = {
    "orders": orders,
    "payments": payments,
    "accounting": accounting,
    "operations": operations,
}


ORDERED: Final = OrdersSettings(
    stage="local",
    table_name="orders",
    commands_table_name="commands",
    bus_name="bus",
    api_keys_secret="keys",
    compensation_machine="compensation",
    confirmation_seconds="604800",
    compensation_watch_seconds="3600",
    compensation_patience_seconds="86400",
)
OPERATED: Final = operations.Settings(
    powertools_service_name="payments",
    table_name="payments",
    commands_table_name="commands",
    bus_name="bus",
    dead_letter_queues="",
)
"""The operators' app as it runs in payments."""


class TakingInboxes:
    """Every queue takes what is sent to it again."""

    def send(self, *_: object, **__: object) -> None: ...


class QuietProvider(SandboxGateway):
    """Reads webhooks as the real one does; knows of no operation that it is asked about."""

    @override
    def find(self, reference: str) -> Notice | None:
        return None


@dataclass
class Platform:
    """`writes` counts what any table has written."""

    tables: Mapping[str, Table] = field(
        default_factory=lambda: {name: MemoryTable() for name in SERVICES}
    )
    records: Mapping[str, RecordsClient] = field(
        default_factory=lambda: {name: RecordsClient() for name in APPS}
    )
    writes: int = 0

    def __post_init__(self) -> None:
        for table in self._in_memory():
            table.on_write = self._on_write

    @contextmanager
    def installed(self) -> Iterator[Platform]:
        """The services' handlers work on this platform within the block."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(clock, "now", lambda: NOW)
            self._wire(patch)
            self._open_doors(patch)
            _forget()
            try:
                yield self
            finally:
                _forget()

    def state(self) -> tuple[Any, ...]:
        """What a request may have changed: the count of writes, and the answers remembered."""
        return self.writes, *(dict(each.items) for each in self.records.values())

    def inserted(self) -> list[Row]:
        """The messages written since the last call."""
        return [row for table in self._in_memory() for row in table.drain_inserts()]

    def _in_memory(self) -> list[MemoryTable]:
        return [table for table in self.tables.values() if isinstance(table, MemoryTable)]

    def _wire(self, patch: pytest.MonkeyPatch) -> None:
        """Whatever a service builds over its table it builds over ours."""
        provider, vault, inboxes = QuietProvider(PROVIDER), MemoryVault(), TakingInboxes()

        def provider_named(name: str) -> QuietProvider:
            if name != "sandbox":
                raise ProviderNotConfigured
            return provider

        patch.setattr(payments, "provider", provider_named)
        patch.setattr(accounting, "vault", lambda: vault)
        patch.setattr(orders, "settings", lambda: ORDERED)
        patch.setattr(operations, "settings", lambda: OPERATED)
        patch.setattr(operations, "inboxes", lambda: inboxes)
        for name, wiring in WIRING.items():
            table = self.tables["payments" if wiring is operations else name]
            patch.setattr(wiring, "table", lambda table=table: table)

    def _open_doors(self, patch: pytest.MonkeyPatch) -> None:
        keys = ApiKeys(load=_api_keys, seconds=lambda: 0.0)
        for name in APPS:
            app = app_of(name)
            client: Any = self.records[name]
            guard = CommandGuard(table_name="commands", client=client, clock=lambda: NOW)
            patch.setattr(app, "_api_keys", lambda: keys)
            patch.setattr(app, "_guard", lambda guard=guard: guard)
            patch.setattr(app, "_clock", lambda: NOW)

    def _on_write(self, moment: str) -> None:
        self.writes += moment.startswith("after")


def _forget() -> None:
    """What was built over another platform's tables."""
    for wiring in WIRING.values():
        for made in vars(wiring).values():
            if hasattr(made, "cache_clear"):
                made.cache_clear()


def _api_keys() -> str:
    scopes = sorted({operation.scope for operation in OPERATIONS.values()})
    sha256 = hashlib.sha256(KEY.encode()).hexdigest()
    return json.dumps({"keys": [{"name": "fuzz", "sha256": sha256, "scopes": scopes}]})
