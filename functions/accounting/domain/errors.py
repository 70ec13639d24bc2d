"""How the ledger refuses."""

from shared.errors.taxonomy import DomainException, TransientException


class EntryUnbalanced(DomainException):
    code, title, status = "entry_unbalanced", "Debits and credits differ", 422


class EntryMalformed(DomainException):
    code, title, status = "entry_malformed", "Not a journal entry", 422


class EntryDiffers(DomainException):
    """Never applied and never dropped: it stays with the dead letters until a person decides."""

    code, title = "entry_differs", "This entry is in the books with another content"


class UnknownAccount(DomainException):
    code, title, status = "unknown_account", "No such account in the chart of accounts", 422


class AccountClosed(DomainException):
    code, title = "account_closed", "Nothing is booked on a closed account"


class PeriodClosed(DomainException):
    code, title = "period_closed", "The books of that time are closed"


class ReversalRefused(DomainException):
    """A reversal is never reversed, and no entry becomes effective before what it reverses."""

    code, title = "reversal_refused", "This entry cannot be reversed so"


class AlreadyReversed(DomainException):
    code, title = "already_reversed", "The entry was reversed before"


class LimitExceeded(DomainException):
    """Held amounts count as if they were spent."""

    code, title = "limit_exceeded", "The account's declared limit would not hold"


class HoldRefused(DomainException):
    code, title = "hold_refused", "The hold does not allow that"


class AlreadyResolved(DomainException):
    """A hold is posted, voided or expired once."""

    code, title = "already_resolved", "The hold was resolved before"


class SelfApproval(DomainException):
    code, title = (
        "self_approval",
        "Whoever proposed an entry, or came with the same API key, cannot approve it",
    )


class AlreadyApproved(DomainException):
    """The entries are in the books, in the name of whoever agreed first."""

    code, title = "already_approved", "Another person has approved it before"


class MomentTooBusy(DomainException):
    """The whole day is told at once: of a moment in it every entry would have to be looked at."""

    code, title, status = (
        "moment_too_busy",
        "Too many entries count for that day: ask for its end",
        422,
    )


class CaptureNotBooked(TransientException):
    """What is undone has not been told yet: the bus keeps no order, so the message comes again."""

    code, title = "capture_not_booked", "The capture that failed is not in the books yet"


class EventAhead(TransientException):
    """Its producer's clock is wrong, or ours: it waits until it has happened for both."""

    code, title = "event_ahead", "The event is told to happen later than now"


class LedgerBroken(DomainException):
    """The books are not what was chained or sealed. A person must look."""

    code, title = "ledger_broken", "The ledger does not verify"


class ItemNotOpen(DomainException):
    """Only what stands in suspense is resolved by hand; the rest explains itself, or was."""

    code, title = "item_not_open", "This item waits for no person"


class VaultUnreachable(TransientException):
    code, title = "vault_unreachable", "The vault of seals cannot be reached"
