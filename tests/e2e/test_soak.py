"""Orders of every kind while the network, the provider and the workers fail: in the end, equal."""

from apphost.story import Charge
from bench.audit import differences
from bench.soak import soak
from client.watch import Patience
from tests.e2e.driver import Platform
from tests.e2e.fault_proxy import FaultProxy

PATIENCE = Patience(timeout_seconds=400.0, pause_seconds=1.0)


def test_half_a_minute_of_everything_going_wrong_leaves_everything_equal(
    faulty: tuple[Platform, FaultProxy],
) -> None:
    """`make soak` goes on for ten minutes."""
    quittance, proxy = faulty
    told = soak(quittance, proxy, orders_per_second=2.0, seconds=30.0, patience=PATIENCE)
    assert told["left"] == []
    assert told["differences"] == []
    assert (told["orders"], sum(told["ends"].values())) == (60, 60)
    assert told["ends"]["paid"] > 40
    assert len(told["faults"]) >= 3


def test_the_audit_sees_what_is_not_equal(faulty: tuple[Platform, FaultProxy]) -> None:
    quittance, _ = faulty
    order = quittance.paid()
    assert differences(quittance, []) == []
    told = quittance.charges

    class Lying(Platform):
        def charges(self) -> list[Charge]:
            (last,) = [each for each in told() if each["reference"].startswith(order["payment_id"])]
            rest = [each for each in told() if each != last]
            return [*rest, {**last, "captured": 3999}]

    lying = Lying(quittance.outputs, quittance.outputs_file)
    assert differences(lying, []) == [
        f"{order['order_id']}: order says (3998, 0), the provider (3999, 0)",
        f"{order['order_id']}: payment says (3998, 0), the provider (3999, 0)",
        f"{order['order_id']}: ledger says (3998, 0), the provider (3999, 0)",
    ]
