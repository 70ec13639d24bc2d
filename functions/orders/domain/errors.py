"""How an order refuses."""

from shared.errors.taxonomy import DomainException, TransientException


class AmountExceedsAuthorized(DomainException):
    code, title, status = "amount_exceeds_authorized", "More than the order's amount", 422


class OrderUnknown(TransientException):
    """A fact came before its order could be read: parked in the queue and tried again."""

    code, title = "order_unknown", "The order is not known yet"
