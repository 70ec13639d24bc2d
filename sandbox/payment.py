"""What the acquirer knows of a payment and its operations, as values.

All amounts are whole minor units. Every sum counts the operations that stand, so a reversal, an
expiry or the end of a dispute moves money by changing one status, and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    AUTHORIZE = "authorize"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"
    DISPUTE = "dispute"


class Status(StrEnum):
    """`failed` never took effect, `reversed` did and no longer stands; the last three: disputes."""

    SUCCEEDED = "succeeded"
    PENDING = "pending"
    DECLINED = "declined"
    FAILED = "failed"
    REVERSED = "reversed"
    EXPIRED = "expired"
    OPENED = "opened"
    WON = "won"
    LOST = "lost"


class Refused(Exception):
    """The request changed nothing; `code` is the error code of the answer."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class HeldUp(Exception):
    """The request is taken on for later: the line is dropped, and nothing is known of it."""


@dataclass(frozen=True)
class Instruction:
    """What the merchant asks for.

    A void names no amount and need not name the currency; a `final` capture gives up the rest.
    """

    reference: str
    metadata: Mapping[str, str]
    amount: int | None = None
    currency: str | None = None
    final: bool = False


@dataclass(frozen=True)
class Verdict:
    """What the card's issuer says to one operation, and how long an authorization then stands."""

    status: Status = Status.SUCCEEDED
    reason: str | None = None
    capture_window: timedelta = timedelta(days=7)


@dataclass(frozen=True)
class Stamp:
    """Which operation this is and when it happens."""

    operation_id: str
    at: datetime


@dataclass(frozen=True)
class Operation:
    id: str
    kind: Kind
    payment_id: str
    reference: str
    status: Status
    amount: int
    currency: str
    decline_code: str | None
    capture_before: datetime | None
    metadata: Mapping[str, str]
    created_at: datetime
    final: bool
    evidence_due: datetime | None = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Payment:
    """One card payment; its first operation is the authorization."""

    id: str
    token: str
    operations: tuple[Operation, ...]

    def __post_init__(self) -> None:
        assert self.operations[0].kind is Kind.AUTHORIZE
        assert self._rest >= 0
        assert self.refundable >= 0

    @property
    def authorization(self) -> Operation:
        return self.operations[0]

    @property
    def currency(self) -> str:
        return self.authorization.currency

    @property
    def authorized(self) -> int:
        return self._sum(Kind.AUTHORIZE, Status.SUCCEEDED, Status.EXPIRED)

    @property
    def captured(self) -> int:
        return self._sum(Kind.CAPTURE, Status.SUCCEEDED)

    @property
    def voided(self) -> int:
        return self._sum(Kind.VOID, Status.SUCCEEDED)

    @property
    def released(self) -> int:
        """What a final capture gave back, or a reversal on a closed authorization."""
        return self._rest if self._is_closed else 0

    @property
    def expired(self) -> int:
        """What the end of the authorization's window gave back."""
        return self._rest if self.authorization.status is Status.EXPIRED else 0

    @property
    def refunded(self) -> int:
        return self._sum(Kind.REFUND, Status.SUCCEEDED)

    @property
    def disputed(self) -> int:
        """What the customer's bank holds until the disputes end."""
        return self._sum(Kind.DISPUTE, Status.OPENED)

    @property
    def charged_back(self) -> int:
        """What the customer's bank has taken back for good."""
        return self._sum(Kind.DISPUTE, Status.LOST)

    @property
    def refundable(self) -> int:
        """What refunds and disputes have left of the captured amount."""
        return self.captured - self.refunded - self.disputed - self.charged_back

    def capturable_at(self, now: datetime) -> int:
        """The authorized rest: nothing after a void, a final capture or the expiry."""
        before = self.authorization.capture_before
        if self.authorization.status is not Status.SUCCEEDED or before is None or now >= before:
            return 0
        return 0 if self._is_closed else self._rest

    def operation(self, operation_id: str) -> Operation:
        return next(op for op in self.operations if op.id == operation_id)

    @property
    def _rest(self) -> int:
        return self.authorized - self.captured - self.voided

    @property
    def _is_closed(self) -> bool:
        return any(
            op.status is Status.SUCCEEDED and (op.kind is Kind.VOID or op.final)
            for op in self.operations
        )

    def _sum(self, kind: Kind, *standing: Status) -> int:
        return sum(op.amount for op in self.operations if op.kind is kind and op.status in standing)
