"""The shapes of what the platform answers: its JSON as it stands, amounts in whole minor units."""

from typing import Any, TypedDict


class OrderLine(TypedDict):
    sku: str
    quantity: int
    unit_amount: int


class Refund(TypedDict):
    """`pending`, `succeeded` or `failed`."""

    refund_id: str
    order_id: str
    status: str
    amount: int
    currency: str
    reason: str


class Order(TypedDict):
    order_id: str
    status: str
    customer_id: str
    amount: int
    currency: str
    captured: int
    refunding: int
    refunded: int
    disputed: int
    refundable: int
    refunds: list[Refund]
    lines: list[OrderLine]
    payment_id: str
    capture: str
    failure_code: str | None
    metadata: dict[str, str]
    correlation_id: str
    created_at: str
    version: int


class Attempt(TypedDict):
    attempt_id: str
    operation: str
    provider: str
    status: str
    amount: int
    provider_reference: str | None
    decline_code: str | None
    decline_class: str | None
    withdrawn: bool
    started_at: str


class Dispute(TypedDict):
    """`opened`, `won` or `lost`."""

    dispute_id: str
    status: str
    amount: int
    reason: str


class Payment(TypedDict):
    """Its refunds are attempts; `released` and `expired` were held and never taken."""

    payment_id: str
    order_id: str
    status: str
    currency: str
    authorized: int
    capturing: int
    captured: int
    settled: int
    released: int
    expired: int
    refunding: int
    refunded: int
    disputed: int
    charged_back: int
    capturable: int
    refundable: int
    provider: str
    capture_before: str | None
    attempts: list[Attempt]
    disputes: list[Dispute]
    version: int


class Event(TypedDict):
    """A message that a service published or received about one order or payment."""

    id: str
    time: str
    service: str
    type: str
    sequence: int
    correlation_id: str
    causation_id: str
    data: dict[str, Any]
    processed_at: str | None


class Posting(TypedDict):
    account: str
    account_name: str
    side: str
    amount: int
    currency: str


class JournalEntry(TypedDict):
    """`cause` is the event that is booked, `fact` its type."""

    entry_id: str
    fact: str
    payment_id: str
    order_id: str
    cause: str
    description: str
    postings: list[Posting]
    booked_at: str
    effective_at: str
    correlation_id: str
    causation_id: str
    event_id: str


class AccountBalance(TypedDict):
    account: str
    name: str
    debit: int
    credit: int
    balance: int
    available: int
    normal_side: str


class Point(TypedDict):
    consistency: str
    entries: int
    at: str | None
    root: str | None


class Balance(AccountBalance):
    currency: str
    point: Point


class ChainBlock(TypedDict):
    booked_at: str
    position: int
    entries: list[tuple[str, str]]
    before: str
    hash: str
    stored: list[dict[str, Any] | None]


class ChainPage(TypedDict):
    lane: int
    height: int
    hash: str
    balances: dict[str, dict[str, list[int]]]
    blocks: list[ChainBlock]
    next_cursor: str | None


class Seal(TypedDict):
    day: str
    document: str
    signature: str


class Seals(TypedDict):
    data: list[Seal]
    public_key: str


class LedgerBreach(TypedDict):
    check: str
    detail: str
    entry_id: str


class LedgerProof(TypedDict):
    entries: int
    sealed_days: int
    breaches: list[LedgerBreach]


class TrialBalance(TypedDict):
    currency: str
    at: str
    accounts: list[AccountBalance]
    total_debit: int
    total_credit: int
