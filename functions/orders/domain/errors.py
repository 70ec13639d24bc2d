"""How an order refuses."""

from shared.errors.taxonomy import DomainException, InvalidTransition, TransientException


class ConfirmationNotPossible(InvalidTransition):
    code, title = "confirmation_not_possible", "Only an authorized order can be confirmed"


class CancellationNotPossible(InvalidTransition):
    code, title = "cancellation_not_possible", "Only an order that is not captured can be cancelled"


class RetryNotPossible(InvalidTransition):
    code, title = "retry_not_possible", "Only an order whose payment failed can be paid anew"


class RefundNotPossible(InvalidTransition):
    code, title = "order_refund_not_possible", "Only an order that was paid can be refunded"


class AmountExceedsAuthorized(DomainException):
    code, title, status = "amount_exceeds_authorized", "More than the order's amount", 422


class AmountExceedsPaid(DomainException):
    code, title, status = "amount_exceeds_paid", "More than is left of what was paid", 422


class RefundsExhausted(DomainException):
    code, title = "refunds_exhausted", "The order has had all the refunds it may have"


class CaseAlreadyResolved(DomainException):
    code, title = "case_already_resolved", "Somebody has decided on this case before"


class DecisionNotApplicable(DomainException):
    """Only what a compensation has tried can be tried again or corrected."""

    code, title = "decision_not_applicable", "This case cannot be decided so"


class CompensationUnknown(DomainException):
    """An execution was started for what no order has: it fails, and changes nothing."""

    code, title, status = "compensation_unknown", "There is no such compensation", 404


class TaskMalformed(DomainException):
    code, title, status = "task_malformed", "Not a task of the compensation", 422


class ExecutionsBusy(TransientException):
    code, title = "executions_busy", "Executions cannot be started or told now"


class OrderUnknown(TransientException):
    """A fact came before its order could be read: parked in the queue and tried again."""

    code, title = "order_unknown", "The order is not known yet"
