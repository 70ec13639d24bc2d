"""What must not lose a payment: killed workers, a stopped relay."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from client.watch import Patience, until
from tests.e2e.driver import Platform
from tests.e2e.killing import killing

RELAYS = ("orders_relay", "payments_relay", "accounting_relay")
KILLS = 8
LONG = Patience(timeout_seconds=200.0, pause_seconds=0.5)


def test_workers_killed_in_the_middle_lose_and_double_nothing(quittance: Platform) -> None:
    with killing(quittance, kills=KILLS) as hit:
        orders = quittance.place_many(10, capture="automatic")
        until(lambda: len(hit), lambda count: count >= KILLS, LONG)
    with ThreadPoolExecutor(max_workers=5) as pool:
        rested = list(pool.map(lambda order: quittance.rest(order, LONG), orders))
    assert [order["status"] for order in rested] == ["paid"] * 10
    for order in rested:
        assert [charge["captured"] for charge in quittance.charges_of(order)] == [3998]
        assert [amount for _, _, amount, _ in quittance.booked(order)] == [3998, 3998]
    assert quittance.truth_equals_the_ledger()


def test_a_stopped_relay_loses_no_order(quittance: Platform) -> None:
    with relays_stopped(quittance):
        orders = quittance.place_many(20)
        said = [quittance.api().order_events(order["order_id"]) for order in orders]
        assert {event["processed_at"] for events in said for event in events} == {None}
        seen = [quittance.api().order(order["order_id"]) for order in orders]
        assert {order["status"] for order in seen} == {"pending"}
    rested = [quittance.rest(order, LONG) for order in orders]
    assert [order["status"] for order in rested] == ["authorized"] * 20
    charges = [charge for order in rested for charge in quittance.charges_of(order)]
    assert [charge["authorized"] for charge in charges] == [3998] * 20


@contextmanager
def relays_stopped(quittance: Platform) -> Iterator[None]:
    _enable(quittance, enabled=False)
    try:
        yield
    finally:
        _enable(quittance, enabled=True)


def _enable(quittance: Platform, *, enabled: bool) -> None:
    """Switch every relay's stream, and wait until it is switched."""
    client = quittance.aws("lambda")
    mappings: list[Any] = [
        mapping
        for relay in RELAYS
        for mapping in client.list_event_source_mappings(
            FunctionName=quittance.outputs.functions[relay]
        )["EventSourceMappings"]
    ]
    assert len(mappings) == len(RELAYS)
    state = "Enabled" if enabled else "Disabled"
    for mapping in mappings:
        client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=enabled)
    for mapping in mappings:
        until(
            lambda: client.get_event_source_mapping(UUID=mapping["UUID"])["State"],  # noqa: B023
            lambda seen: seen == state,
            LONG,
        )
