"""What a caller decides of an order: confirm, cancel, refund, pay anew. Read, decide, write."""

from collections.abc import Callable

from orders.application.ports import Orders
from orders.application.reactions import TermsAt
from orders.domain.decisions import Change
from orders.domain.order import Order
from orders.domain.undoing import followed
from shared.contracts.envelope import Cause
from shared.errors.taxonomy import NotFound
from shared.persistence.once import once


def decide(
    order_id: str,
    decision: Callable[[Order], Change],
    *,
    tells: frozenset[str],
    orders: Orders,
    cause: Cause,
    terms: TermsAt,
) -> Order:
    """The order after the decision; the same request again gives the order as it stands now.

    `tells` are the types of messages of which such a decision tells one. Raises NotFound, what the
    decision raises, and IdempotencyKeyReused where the request has done something else.
    """

    def act() -> Order:
        decided, messages = decision(_get(order_id, orders))
        decided, more = followed(decided, terms(cause.now))
        return orders.commit(decided, (*messages, *more), cause)

    return once(
        act,
        is_done=lambda: not tells.isdisjoint(orders.told(order_id, cause)),
        again=lambda: _get(order_id, orders),
    )


def _get(order_id: str, orders: Orders) -> Order:
    order = orders.find(order_id)
    if order is None:
        raise NotFound("no such order")
    return order
