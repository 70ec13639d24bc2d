"""What the use cases of payments need from the outside."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from payments.domain.attempt import Answer, Attempt
from payments.domain.payment import Evidence, Payment
from payments.domain.report import Counts, Report
from payments.domain.settlement import RefusedRow
from payments.domain.statement import Statement
from shared.contracts.bank import BankLineBooked
from shared.contracts.envelope import Cause, Message
from shared.contracts.payments import WebhookReceived
from shared.contracts.provider_notice import Notice
from shared.contracts.settlement import PaymentSettled, SettlementReportRead
from shared.persistence.rows import Row


class Payments(Protocol):
    def find(self, payment_id: str) -> Payment | None: ...

    def of_provider(self, provider: str, provider_payment: str) -> Payment | None:
        """The payment that a provider has under that name; the latest may be missing."""

    def keep_intent(
        self, payment: Payment, cause: Cause, *, messages: Sequence[Message] = ()
    ) -> Payment:
        """Write the payment while its cause has not taken its whole effect yet.

        Raises StaleRow, StoreBusy.
        """

    def commit(self, payment: Payment, messages: Sequence[Message], cause: Cause) -> Payment:
        """Write the payment, its messages and its cause together; returns it as written.

        Raises AlreadyHandled, StaleRow, StoreBusy.
        """

    def acknowledge(self, cause: Cause) -> None:
        """Mark a cause that changes nothing; raises AlreadyHandled, StoreBusy."""

    def messages(self, payment_id: str) -> Iterable[Row]: ...


class Webhooks(Protocol):
    def keep(self, received: WebhookReceived, raw: str, cause: Cause) -> None:
        """Store a verified webhook, which announces itself; a known one is left as it is."""


class Telling(StrEnum):
    """What became of a line. `new` also where this row of this report was the first to tell it;
    `twin` where another row of the same report says the same."""

    NEW = "new"
    KNOWN = "known"
    TWIN = "twin"
    CONTRADICTED = "contradicted"


class Reports(Protocol):
    """Settlement reports and their lines. Each write may be repeated: it is made once."""

    def begin(self, report: Report, cause: Cause) -> Report:
        """The report as it is kept, now or since before; raises StoreBusy, as all here do."""

    def tell(self, line: PaymentSettled | BankLineBooked, cause: Cause) -> Telling:
        """Keep a line, which announces itself, unless it is known; another content for the same
        line is kept beside it and told as SettlementContradicted."""

    def keep_refused(self, report_id: str, refused: RefusedRow, cause: Cause) -> None: ...

    def part_read(self, report_id: str, number: int, counts: Counts, cause: Cause) -> None: ...

    def parts_read(self, report_id: str) -> Mapping[int, Counts]: ...

    def keep_statement(self, report: Report, statement: Statement, cause: Cause) -> None:
        """Keep a bank's statement among those of its account, or what it says when corrected."""

    def missing(self, report: Report, cause: Cause) -> str:
        """Note a report in its series; what is absent beside it: the reports by their numbers, or
        the statements between two balances that do not meet. Empty where nothing is.
        """

    def end(self, report: Report, told: SettlementReportRead, cause: Cause) -> Report:
        """Write the report as it ended and tell it, once."""


class Gateway(Protocol):
    """A payment provider.

    Calls carry the attempt's key, so that asking again is the same request. Each raises
    ProviderNotReached or ProviderBusy when nothing has happened yet, ProviderRefusesUs when our
    credentials are wrong; an outcome that nobody can know is an Answer, not an exception.
    """

    key_used_for: timedelta
    """How old an attempt may be when it is sent again: well under the life of a provider's key."""
    absent_after: timedelta
    """How old an attempt must be for "never heard of it" to mean that it never will be: older than
    `key_used_for` by what two clocks may differ and a request of ours may take."""

    def authorize(self, attempt: Attempt, *, token: str, metadata: Mapping[str, str]) -> Answer: ...

    def capture(
        self, attempt: Attempt, *, provider_payment: str, metadata: Mapping[str, str]
    ) -> Answer: ...

    def void(
        self, attempt: Attempt, *, provider_payment: str, metadata: Mapping[str, str]
    ) -> Answer: ...

    def refund(
        self, attempt: Attempt, *, provider_payment: str, metadata: Mapping[str, str]
    ) -> Answer: ...

    def find(self, reference: str) -> Notice | None:
        """What the provider knows under our reference; raises OutcomeUnknown if it cannot tell."""


class Gateways(Protocol):
    def __call__(self, provider: str) -> Gateway: ...


class Counsel(Protocol):
    """A provider that takes evidence in a dispute."""

    def submit_evidence(self, dispute_id: str, evidence: Evidence, *, key: str) -> bool:
        """Whether the provider has it; it does not when it takes none (any more).

        The key makes a second sending the same one. Raises OutcomeUnknown, ProviderNotReached,
        ProviderBusy, ProviderRefusesUs.
        """


class Counsels(Protocol):
    def __call__(self, provider: str) -> Counsel: ...
