"""A customer with one order: asks over HTTP, again under the same key when no answer comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from tests.simulation.agenda import DAY, HOUR, MINUTE, SECOND, Agenda
from tests.simulation.faults import Fate
from tests.simulation.lives import Decision, Life

WAITS: Final = (HOUR, 3 * DAY)
"""When a customer looks again whether what it wants is possible, before it gives that up."""
PATIENCE: Final = len(WAITS)
DOUBLED_MAX: Final = 6
"""How often the time until the next try may double: from within a minute to within an hour."""
OPERATOR: Final = frozenset({"retry", "accept", "correct"})
MENDED: Final = frozenset({"provider_refuses_us"})
"""What needs someone to look at it, who then asks the same again."""
READY: Final = {
    "confirm": {"authorized"},
    "cancel": {"pending", "authorized", "capturing", "payment_failed"},
    "refund": {"paid", "partially_refunded", "disputed"},
    "pay_anew": {"payment_failed"},
}

type Json = dict[str, Any]


class Host(Protocol):
    """What a customer needs of the world around it."""

    agenda: Agenda
    fate: Fate

    def http(
        self, service: str, method: str, path: str, *, body: Json | None, key: str, flow: str
    ) -> tuple[int, Json]: ...


@dataclass
class Customer:
    """`order` is what it was told last; every answer but a success may mean that it is done."""

    host: Host
    number: int
    life: Life
    order: Json | None = None
    case: str = ""
    dispute: str = "dp_none"

    @property
    def flow(self) -> str:
        return f"flow-{self.number}"

    @property
    def token(self) -> str:
        return f"tok_{self.number}"

    def place(self) -> None:
        body = {
            "customer_id": f"cus_{self.number}",
            "currency": self.life.currency,
            "lines": [{"sku": "book", "quantity": 1, "unit_amount": self.life.amount}],
            "payment_method": {"token": self.token},
            "capture": "automatic" if self.life.automatic else "on_confirmation",
        }
        self._ask("orders", "/orders", body, "place", self._placed)

    def _placed(self, status: int, order: Json) -> None:
        assert status == 201, f"an order was refused: {order}"
        self.order = order
        self._next(0)

    def _next(self, number: int) -> None:
        if number < len(self.life.decisions):
            decision = self.life.decisions[number]
            self._later(decision.after, lambda: self._try(number, decision, PATIENCE))

    def _try(self, number: int, decision: Decision, patience: int) -> None:
        """Ask for it when it seems possible (an eager customer at once), or look again later."""
        assert self.order is not None
        path = f"/orders/{self.order['order_id']}"
        status, seen = self.host.http("orders", "GET", path, body=None, key="", flow=self.flow)
        if status == 200:
            self.order = seen
        ready = self._is_ready(decision)
        if not (ready or decision.eager):
            if patience:
                wait = WAITS[PATIENCE - patience]
                self._later(wait, lambda: self._try(number, decision, patience - 1))
            else:
                self._next(number + 1)
            return
        service, path, body = self._request(decision)

        def answered(status: int, document: Json) -> None:
            if status < 300 and service == "orders" and "status" in document:
                self.order = document if "lines" in document else self.order
            self._next(number + 1)

        name = f"{decision.kind}-{number}"
        if decision.again is not None:
            self._later(
                decision.again, lambda: self._ask(service, path, body, name, lambda *_: None)
            )
        self._ask(service, path, body, name, answered)

    def _is_ready(self, decision: Decision) -> bool:
        assert self.order is not None
        if decision.kind in OPERATOR:
            self.case = self._open_case()
            return bool(self.case)
        if decision.kind == "evidence":
            return self._looks_at_disputes()
        return decision.kind == "sync" or self.order["status"] in READY[decision.kind]

    def _looks_at_disputes(self) -> bool:
        """Whether one is open; without one the last one counts, of which nobody wants to hear."""
        assert self.order is not None
        path = f"/payments/{self.order['payment_id']}"
        _, seen = self.host.http("payments", "GET", path, body=None, key="", flow=self.flow)
        known = seen.get("disputes", ())
        found = [each for each in known if each["status"] == "opened"] or known
        if found:
            self.dispute = found[-1]["dispute_id"]
        return any(each["status"] == "opened" for each in found)

    def _open_case(self) -> str:
        """The case of the order that waits for a decision; empty if there is none."""
        assert self.order is not None
        _, page = self.host.http("orders", "GET", "/cases", body=None, key="", flow=self.flow)
        cases = [
            each for each in page.get("data", ()) if each["order_id"] == self.order["order_id"]
        ]
        return str(cases[0]["case_id"]) if cases else ""

    def _request(self, decision: Decision) -> tuple[str, str, Json]:
        assert self.order is not None
        path = f"/orders/{self.order['order_id']}"
        amount = {}
        if decision.percent is not None:
            amount = {"amount": max(self.life.amount * decision.percent // 100, 1)}
        match decision.kind:
            case "confirm" | "cancel" as kind:
                return "orders", f"{path}/{kind}", amount if kind == "confirm" else {}
            case "refund":
                return "orders", f"{path}/refunds", {**amount, "reason": "returned"}
            case "pay_anew":
                return "orders", f"{path}/payment-method", {"payment_method": {"token": self.token}}
            case "retry" | "accept" | "correct":
                path = f"/cases/{self.case}/resolution"
                return "orders", path, {"action": decision.kind, "reason": "seen"}
            case "evidence":
                path = f"/payments/{self.order['payment_id']}/disputes/{self.dispute}/evidence"
                return "payments", path, {"text": "signed for", "document": "deliveries/1.pdf"}
        return "payments", f"/payments/{self.order['payment_id']}/sync", {}

    def _ask(
        self,
        service: str,
        path: str,
        body: Json,
        name: str,
        then: Callable[[int, Json], None],
        tried: int = 0,
    ) -> None:
        """POST until there is an answer that is one, less and less often; go on with it, once."""
        host, key = self.host, f"{self.flow}-{name}"
        status, document = 0, dict[str, Any]()
        if not host.fate.strikes("request_lost"):
            status, document = host.http(service, "POST", path, body=body, key=key, flow=self.flow)
            if host.fate.strikes("request_doubled"):
                self._later(
                    host.fate.rng.randrange(2 * DAY),
                    lambda: host.http(service, "POST", path, body=body, key=key, flow=self.flow),
                )
        retry = status == 0 or document.get("retryable", status >= 500)
        if retry or document.get("code") in MENDED or host.fate.strikes("answer_lost"):
            delay = host.fate.rng.randrange(SECOND, MINUTE) << min(tried, DOUBLED_MAX)
            self._later(delay, lambda: self._ask(service, path, body, name, then, tried + 1))
        else:
            then(status, document)

    def _later(self, delay: int, action: Callable[[], object]) -> None:
        self.host.agenda.add(delay, "orders.http", action)
