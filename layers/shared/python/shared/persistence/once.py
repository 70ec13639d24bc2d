"""A request that comes again is answered by what it has done, though that can be done no more."""

from collections.abc import Callable

from shared.errors.taxonomy import AlreadyHandled, DomainException, IdempotencyKeyReused
from shared.persistence.until_fresh import until_fresh


def once[T](act: Callable[[], T], *, is_done: Callable[[], bool], again: Callable[[], T]) -> T:
    """`act`, as `until_fresh` runs it; or `again`, where the same request has done it before.

    What is done may be refused when it is asked for anew: an order that was confirmed cannot be
    confirmed. Whether it is done is therefore asked behind a refusal, too.

    Raises what `act` refuses with; IdempotencyKeyReused where the cause of `act` has taken effect,
    and it was not this.
    """
    try:
        return until_fresh(act)
    except AlreadyHandled:
        if not is_done():
            raise IdempotencyKeyReused from None
    except DomainException:
        if not is_done():
            raise
    return again()
