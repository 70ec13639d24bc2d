"""What is asked for once is done once: the auditor knows what customers wanted, and says so."""

from tests.simulation.audit import evidence_of
from tests.simulation.audit_payments import p4_one_intent_is_one_operation
from tests.simulation.evidence import Evidence
from tests.simulation.upsets import life_called
from tests.simulation.world import World


def _finished() -> Evidence:
    lives = [life_called("refund in two parts"), life_called("refund refused")]
    world = World(1, lives=lives, rates={})
    world.run()
    return evidence_of(world)


def test_a_second_order_of_a_request_is_told() -> None:
    evidence = _finished()
    assert list(p4_one_intent_is_one_operation(evidence)) == []
    twice = next(each for each in evidence.orders.values() if each["customer_id"] == "cus_0")
    evidence.orders["ord_again"] = {**twice, "refunds": []}
    assert list(p4_one_intent_is_one_operation(evidence)) == ["cus_0 has 2 orders"]


def test_a_third_refund_of_two_requests_is_told() -> None:
    evidence = _finished()
    order = next(each for each in evidence.orders.values() if each["customer_id"] == "cus_0")
    assert len(order["refunds"]) == 2
    order["refunds"].append({**order["refunds"][0], "refund_id": "ref_again"})
    assert list(p4_one_intent_is_one_operation(evidence)) == [
        f"{order['order_id']} has 3 refunds of its customer, which asked for fewer"
    ]
