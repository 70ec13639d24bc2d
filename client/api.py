"""The platform's API, typed. Every call may be repeated: a GET, or a POST under one key."""

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict
from urllib.parse import quote, urlencode

from client.answers import (
    Balance,
    ChainPage,
    Event,
    JournalEntry,
    LedgerProof,
    Order,
    OrderLine,
    Payment,
    Refund,
    Seals,
    TrialBalance,
)
from client.connection import Connection
from client.problem import Problem
from client.transport import Answer, Transport, Unreachable
from shared.money import Money

SILENCES_MAX = 5
DEADLINE_SECONDS = 60.0
PAUSE_SECONDS_FIRST = 0.1
PAUSE_SECONDS_MAX = 5.0
PAGE = "100"
PAGES_MAX = 1000
SUCCESS_MAX = 299


class PaymentMethod(TypedDict):
    token: str


class NewOrder(TypedDict):
    """The body of POST /orders; amounts in whole minor units of `currency`."""

    customer_id: str
    currency: str
    lines: list[OrderLine]
    payment_method: PaymentMethod
    capture: NotRequired[str]
    metadata: NotRequired[dict[str, str]]


class MalformedAnswer(Exception):
    """The answer is not the JSON this API speaks."""


@dataclass(frozen=True, slots=True)
class Reply[T]:
    """A successful answer. `replayed`: this is the stored answer of an earlier call."""

    status: int
    headers: Mapping[str, str]
    body: T

    @property
    def replayed(self) -> bool:
        return self.headers.get("idempotency-replayed") == "true"


class Api:
    """Raises Problem on a refusal and Unreachable when no answer came within the deadline."""

    def __init__(
        self,
        connection: Connection,
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport = Transport(connection.api_url)
        self._authorization = f"Bearer {connection.api_key}"
        self._deadline_seconds = deadline_seconds
        self._sleep = sleep

    def place_order(self, order: NewOrder, *, idempotency_key: str) -> Reply[Order]:
        return self._post("/orders", order, idempotency_key)

    def order(self, order_id: str) -> Order:
        order: Order = self._get(f"/orders/{quote(order_id, safe='')}")
        return order

    def confirm_order(
        self, order_id: str, *, idempotency_key: str, amount: Money | None = None
    ) -> Reply[Order]:
        """`amount` captures a part; without it everything is captured."""
        path = f"/orders/{quote(order_id, safe='')}/confirm"
        return self._post(path, _asked(amount), idempotency_key)

    def cancel_order(self, order_id: str, *, idempotency_key: str) -> Reply[Order]:
        """Before its money is captured; afterwards it is a refund."""
        return self._post(f"/orders/{quote(order_id, safe='')}/cancel", {}, idempotency_key)

    def pay_order(self, order_id: str, *, token: str, idempotency_key: str) -> Reply[Order]:
        """Another payment method, where the one before was refused or its hold has expired."""
        body = {"payment_method": {"token": token}}
        path = f"/orders/{quote(order_id, safe='')}/payment-method"
        return self._post(path, body, idempotency_key)

    def refund_order(
        self, order_id: str, *, reason: str, idempotency_key: str, amount: Money | None = None
    ) -> Reply[Refund]:
        """`amount` gives a part back; without it all that is left."""
        body = {"reason": reason, **_asked(amount)}
        return self._post(f"/orders/{quote(order_id, safe='')}/refunds", body, idempotency_key)

    def order_events(self, order_id: str) -> list[Event]:
        return self._list(f"/orders/{quote(order_id, safe='')}/events", {})

    def payment(self, payment_id: str) -> Payment:
        payment: Payment = self._get(f"/payments/{quote(payment_id, safe='')}")
        return payment

    def payments_in(self, status: str) -> list[Payment]:
        return self._list("/payments", {"status": status, "limit": PAGE})

    def payments_unknown(self) -> list[Payment]:
        """Those with an operation of which nobody knows what became of it."""
        return self._list("/payments", {"attempt_status": "unknown", "limit": PAGE})

    def sync_payment(self, payment_id: str, *, idempotency_key: str) -> Reply[Payment]:
        """Have the provider asked now."""
        return self._post(f"/payments/{quote(payment_id, safe='')}/sync", {}, idempotency_key)

    def payment_events(self, payment_id: str) -> list[Event]:
        return self._list(f"/payments/{quote(payment_id, safe='')}/events", {})

    def journal_entries(self, payment_id: str) -> list[JournalEntry]:
        return self._list("/journal-entries", {"payment_id": payment_id})

    def payout_entries(self, payout_id: str) -> list[JournalEntry]:
        """Of every line that a payout is made of, and of the payout itself."""
        return self._list("/journal-entries", {"payout_id": payout_id})

    def trial_balance(self, currency: str) -> TrialBalance:
        """Of every entry that is in the books now."""
        asked = urlencode({"currency": currency, "consistency": "current"})
        balance: TrialBalance = self._get(f"/trial-balance?{asked}")
        return balance

    def balance(self, account: str, currency: str, *, consistency: str) -> Balance:
        """`folded` is a moment behind and says of which point; `current` counts every entry."""
        asked = urlencode({"currency": currency, "consistency": consistency})
        balance: Balance = self._get(f"/accounts/{quote(account, safe='')}/balance?{asked}")
        return balance

    def chain(self, lane: int) -> Iterator[ChainPage]:
        """All pages of a hash chain, from genesis."""
        return self._pages(f"/ledger/chains/{lane}")

    def seals(self) -> Seals:
        seals: Seals = self._get("/ledger/seals")
        return seals

    def ledger_export(self, day: str) -> Iterator[str]:
        """A sealed day as CSV, part after part."""
        for page in self._pages(f"/ledger/exports/{quote(day, safe='')}"):
            yield page["csv"]

    def _pages(self, path: str) -> Iterator[Any]:
        page = self._get(path)
        yield page
        for _ in range(PAGES_MAX):
            if (cursor := page["next_cursor"]) is None:
                return
            page = self._get(f"{path}?{urlencode({'cursor': cursor})}")
            yield page
        raise MalformedAnswer(f"{path} did not end after {PAGES_MAX} pages")

    def ledger_proof(self) -> LedgerProof:
        """What the platform's own checks find."""
        proof: LedgerProof = self._get("/ledger/proof")
        return proof

    def _get(self, path: str) -> Any:
        return _parsed(self._call("GET", path, None, {}))

    def _post(self, path: str, body: object, idempotency_key: str) -> Reply[Any]:
        headers = {"Idempotency-Key": idempotency_key, "Content-Type": "application/json"}
        answer = self._call("POST", path, json.dumps(body).encode(), headers)
        return Reply(answer.status, answer.headers, _parsed(answer))

    def _list(self, path: str, query: Mapping[str, str]) -> list[Any]:
        """All pages of a list."""
        found: list[Any] = []
        cursor: str | None = None
        for _ in range(PAGES_MAX):
            asked = {**query, **({"cursor": cursor} if cursor else {})}
            page = self._get(f"{path}?{urlencode(asked)}" if asked else path)
            found += page["data"]
            cursor = page.get("next_cursor")
            if not cursor:
                return found
        raise MalformedAnswer(f"{path} did not end after {PAGES_MAX} pages")

    def _call(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        """Repeat the same call, same key, while it fails in a way that may pass.

        Silence is tried a few times; a platform that says when to come back is taken at its word
        until the deadline.
        """
        ends = time.monotonic() + self._deadline_seconds
        silences = 0
        while True:
            left = ends - time.monotonic()
            try:
                return self._attempt(method, path, body, headers, max(left, 0.1))
            except Unreachable as error:
                failure: Unreachable | Problem = error
                told = None
            except Problem as problem:
                failure = problem
                told = problem.retry_after_seconds
                if not problem.retryable:
                    raise
            silences += told is None
            pause = told if told is not None else _pause_seconds(silences)
            if silences == SILENCES_MAX or time.monotonic() + pause >= ends:
                raise failure
            self._sleep(pause)

    def _attempt(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        timeout_seconds: float,
    ) -> Answer:
        answer = self._transport.request(
            method,
            path,
            headers={**headers, "Authorization": self._authorization},
            body=body,
            timeout_seconds=timeout_seconds,
        )
        if answer.status > SUCCESS_MAX:
            raise Problem(answer)
        return answer


def _asked(amount: Money | None) -> dict[str, int | str]:
    return {} if amount is None else {"amount": amount.minor, "currency": amount.currency}


def _pause_seconds(silences: int) -> float:
    """Exponential with jitter, so that callers do not march in step."""
    longest = min(PAUSE_SECONDS_MAX, PAUSE_SECONDS_FIRST * 2**silences)
    return random.SystemRandom().uniform(longest / 2, longest)


def _parsed(answer: Answer) -> Any:
    try:
        return json.loads(answer.body, parse_float=_refuse_fraction)
    except ValueError as error:
        raise MalformedAnswer(f"HTTP {answer.status} with a body that is no JSON") from error


def _refuse_fraction(text: str) -> object:
    raise MalformedAnswer(f"amounts are whole minor units, the answer holds {text}")
