"""What a task of the state machine is told, and what it refuses: nothing it is told is a fact."""

from typing import Any

import pytest

from orders.api.compensation import carry_out
from orders.domain.decisions import cancel
from orders.domain.errors import CompensationUnknown, TaskMalformed
from orders.domain.order import Order
from orders.domain.undoing import followed
from orders.infrastructure.dynamodb_orders import DynamoDbOrders
from shared.contracts.envelope import Cause
from tests.doubles.memory_table import MemoryTable
from tests.unit.orders.lives import NOW, TERMS, authorized

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Tokens:
    """The executions that were told to go on."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def start(self, requested: object, *, cause_id: str) -> None:
        raise AssertionError(f"a task started {requested} for {cause_id}")

    def go_on(self, token: str) -> bool:
        self.told.append(token)
        return True


class Site:
    """A cancelled order in its table, and the tasks of its compensation."""

    def __init__(self) -> None:
        self.orders = DynamoDbOrders(MemoryTable())
        self.tokens = Tokens()
        order, messages = followed(cancel(authorized(), request_id="req_1")[0], TERMS)
        cause = Cause(id="req_1", correlation_id="c", traceparent=TRACE, now=NOW)
        self.orders.commit(order, messages, cause)
        (compensation,) = order.compensations
        self.ids = {
            "order_id": "ord_1",
            "compensation_id": compensation.compensation_id,
            "execution": 1,
            "cause": "orders/ord_1/2/1",
        }

    def ask(self, task: str, **more: Any) -> dict[str, str]:
        return self.carry_out({"task": task, **self.ids, **more})

    def carry_out(self, event: Any) -> dict[str, str]:
        return carry_out(event, orders=self.orders, executions=self.tokens, terms=TERMS)

    @property
    def order(self) -> Order:
        found = self.orders.find("ord_1")
        assert found is not None
        return found

    def commands(self) -> list[str]:
        told = [str(row["Type"]) for row in self.orders.messages("ord_1")]
        return [name for name in told if name in {"CancelPayment", "RefundPayment"}]


@pytest.fixture
def site() -> Site:
    return Site()


BROKEN: dict[str, Any] = {
    "nothing": None,
    "a text": "decide",
    "no ids": {"task": "decide"},
    "a word that is no task": {"task": "refund_all"},
    "a number for an id": {"order_id": 7},
    "a text for a number": {"execution": "1"},
    "no execution": {"execution": 0},
    "an empty id": {"compensation_id": ""},
    "more than ids are long": {"cause": "x" * 101},
    "a fact": {"captured": 3998},
    "an order": {"order": {"status": "refunded"}},
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_task_that_is_malformed_is_refused_and_changes_nothing(site: Site, name: str) -> None:
    before, broken = site.order, BROKEN[name]
    whole = {"task": "release_hold", **site.ids, "token": "t"}
    event = whole | broken if isinstance(broken, dict) else broken
    if name == "no ids":
        event = broken
    with pytest.raises(TaskMalformed):
        site.carry_out(event)
    assert (site.order, site.commands(), site.tokens.told) == (before, [], [])


def test_a_refusal_names_the_place_and_never_what_stood_there(site: Site) -> None:
    with pytest.raises(TaskMalformed) as refused:
        site.ask("decide", order_id=["4111111111111111"])
    assert "order_id" in str(refused.value)
    assert "4111" not in str(refused.value)


@pytest.mark.parametrize("task", ["release_hold", "refund", "wait"])
def test_a_task_that_waits_needs_its_token(site: Site, task: str) -> None:
    with pytest.raises(TaskMalformed):
        site.ask(task)
    assert site.commands() == []


@pytest.mark.parametrize("unknown", [{"order_id": "ord_none"}, {"compensation_id": "cmp_none"}])
@pytest.mark.parametrize("task", ["decide", "release_hold", "end"])
def test_what_no_order_has_is_refused(site: Site, task: str, unknown: dict[str, str]) -> None:
    before = site.order
    with pytest.raises(CompensationUnknown):
        site.ask(task, token="t", **unknown)
    assert (site.order, site.commands()) == (before, [])


@pytest.mark.parametrize("task", ["refund", "end"])
def test_what_the_facts_do_not_ask_for_is_not_done(site: Site, task: str) -> None:
    """Where the hold still stands, `refund` and `end` only make the execution look again."""
    before = site.order
    site.ask(task, token="t")
    assert (site.order, site.commands()) == (before, [])
    assert site.tokens.told == (["t"] if task == "refund" else [])


def test_a_task_that_comes_again_asks_for_nothing_twice(site: Site) -> None:
    for _ in range(3):
        site.ask("release_hold", token="t")
    assert site.commands() == ["CancelPayment"]
    assert site.ask("decide") == {"next": "wait"}


def test_an_execution_that_was_replaced_is_told_to_stop_and_asks_for_nothing(site: Site) -> None:
    assert site.ask("decide", execution=2) == {"next": "stop"}
    before = site.order
    site.ask("release_hold", execution=2, token="old")
    site.ask("end", execution=2)
    assert (site.order, site.commands(), site.tokens.told) == (before, [], ["old"])
