"""The events this service reacts to, and what each makes it do."""

from shared.contracts.accounting import LedgerEntryCreated
from shared.contracts.payments import CaptureFailed, PaymentAuthorized, PaymentFailed

type Subscribed = PaymentAuthorized | PaymentFailed | CaptureFailed | LedgerEntryCreated
