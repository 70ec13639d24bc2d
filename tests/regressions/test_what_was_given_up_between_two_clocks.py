"""Found by the simulator, with clocks that differ by twenty minutes: what had just been sent was
taken for what the provider never got, and took effect after that.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from orders.domain import facts
from orders.domain.order import Hold
from orders.domain.states import OrderStatus
from orders.domain.undoing import COMPLETE, Move, decided
from payments.infrastructure.providers import PROVIDERS
from tests.unit.orders.lives import capturing, eur, undone

CLOCKS_DIFFER = timedelta(minutes=20)
"""One is ten minutes ahead, the other ten minutes behind."""
ON_ITS_WAY = timedelta(minutes=10)
"""How long a request may travel."""


@pytest.mark.parametrize("name", PROVIDERS)
def test_nothing_is_given_up_that_may_still_be_on_its_way(name: str) -> None:
    """The last moment to send it, by the slow clock; the first to give it up, by the fast one."""
    config = {"url": "http://provider.test", "api_key": "k", "webhook_secret": "whsec_c2VjcmV0"}
    provider = PROVIDERS[name](config)
    assert provider.absent_after > provider.key_used_for + CLOCKS_DIFFER + ON_ITS_WAY


def test_a_hold_that_was_to_be_given_back_is_given_back_when_its_late_capture_is_undone() -> None:
    """The order was cancelling until its hold expired: its first undoing had found it paid."""
    given_up, _ = facts.capture_failed(capturing(), replace(undone(), undoes_capture=False))
    paid, _ = facts.capture_booked(given_up, eur(3998))
    assert decided(paid, paid.compensations[0]) == COMPLETE
    after, _ = facts.capture_failed(paid, undone())
    after, _ = facts.reversal_booked(after, str(undone().capture_id))
    assert (after.status, after.hold) == (OrderStatus.CANCELLING, Hold.HELD)
    assert decided(after, after.compensations[-1]).move is Move.RELEASE_HOLD
