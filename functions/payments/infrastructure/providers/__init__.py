"""The payment providers, by name. A provider is one module here and one line below."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, Protocol

from payments.application.fetch_reports import Source
from payments.application.ports import Counsel, Gateway
from payments.infrastructure.providers.received import Received
from payments.infrastructure.providers.sandbox import SandboxGateway


class Provider(Gateway, Source, Counsel, Protocol):
    """A gateway that also tells by webhook, takes evidence and hands out settlement reports."""

    def receive(
        self, raw: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> tuple[Received, ...]:
        """Verify and read a webhook; raises SignatureInvalid, WebhookMalformed."""


PROVIDERS: Final[Mapping[str, Callable[[Mapping[str, str]], Provider]]] = {
    "sandbox": SandboxGateway,
}
DEFAULT: Final = "sandbox"
"""Where a new payment goes."""
