"""What the tests do to the platform: place orders, wait, look at the truth, send what is wrong."""

import json
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from apphost import local_aws
from apphost.checks import earned
from apphost.cloud.embedded import lambda_workers
from apphost.local_cloud import Cloud
from apphost.outputs import SERVICES, Outputs
from apphost.story import Charge, charges
from client.answers import JournalEntry, Order, Payment
from client.api import NewOrder
from client.connection import Connection
from client.motion import order_moves
from client.operator_api import OperatorApi
from client.transport import Answer, Transport
from client.watch import Patience, until

INBOXES = (
    "orders_events",
    "orders_recovery",
    "payments_events",
    "payments_commands",
    "accounting_events",
)
POISON_PER_INBOX = 2
NOT_OF_OPERATORS = " AND ".join(
    f"NOT begins_with(pk, {name})" for name in (":dead", ":failure", ":replay")
)
OPERATORS = {
    ":dead": "DEADLETTER#",
    ":failure": "FAILURE#",
    ":open": "DEADLETTER#open",
    ":replay": "REPLAY#",
}
PATIENCE = Patience(timeout_seconds=150.0, pause_seconds=0.1)
ORDER: NewOrder = {
    "customer_id": "ada",
    "currency": "EUR",
    "lines": [{"sku": "mug", "quantity": 2, "unit_amount": 1999}],
    "payment_method": {"token": "tok_visa"},
}


@dataclass(frozen=True)
class Platform:
    """`poison` marks the messages that nobody can read; `resting_messages` are all there are."""

    outputs: Outputs
    outputs_file: Path
    poison: str = ""
    resting_messages: int = 0

    def poisoned(self) -> "Platform":
        """With messages that nobody can read in every inbox."""
        mark = f"poison-{uuid.uuid4()}"
        for inbox in INBOXES:
            for body in (f'{{"detail": {{"type": "{mark}"}}}}', f"not JSON: {mark}"):
                self.aws("sqs").send_message(QueueUrl=self.outputs.queues[inbox], MessageBody=body)
        return replace(self, poison=mark, resting_messages=self.messages())

    def api(self, role: str = "client") -> OperatorApi:
        return _api(self.outputs.api_url, self.outputs.api_keys[role])

    def send(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        role: str | None = "client",
    ) -> Answer:
        """One exchange as it is, without retries; bytes are sent as they are, the rest as JSON."""
        sent = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        authorization = {"Authorization": f"Bearer {self.outputs.api_keys[role]}"} if role else {}
        default = {"Content-Type": "application/json", **authorization}
        return Transport(self.outputs.api_url).request(
            method, path, headers=default | dict(headers or {}), body=sent
        )

    def place(self, token: str = "tok_visa", **changes: Any) -> Order:  # noqa: S107
        order: Any = {**ORDER, "payment_method": {"token": token}, **changes}
        return self.api().place_order(order, idempotency_key=str(uuid.uuid4())).body

    def place_many(self, count: int, **changes: Any) -> list[Order]:
        """`count` orders, several at a time."""
        with ThreadPoolExecutor(max_workers=5) as pool:
            return list(pool.map(lambda _: self.place(**changes), range(count)))

    def rest(self, order: Order, patience: Patience = PATIENCE) -> Order:
        """The order once nothing more comes by itself."""
        return until(
            lambda: self.api().order(order["order_id"]),
            lambda seen: not order_moves(seen),
            patience,
        )

    def confirm(self, order: Order) -> Order:
        """Confirmed and at rest."""
        key = str(uuid.uuid4())
        return self.rest(self.api().confirm_order(order["order_id"], idempotency_key=key).body)

    def paid(self, **changes: Any) -> Order:
        return self.confirm(self.rest(self.place(**changes)))

    def payment(self, order: Order) -> Payment:
        return self.api().payment(order["payment_id"])

    def entries(self, order: Order) -> list[JournalEntry]:
        return self.api("auditor").journal_entries(order["payment_id"])

    def booked(self, order: Order) -> list[tuple[str, str, int, str]]:
        """Every posting for the order but memos: account, side, minor units, currency."""
        return sorted(
            (posting["account"], posting["side"], posting["amount"], posting["currency"])
            for entry in self.entries(order)
            for posting in entry["postings"]
            if not posting["account"].startswith("9")
        )

    def charges(self) -> list[Charge]:
        return charges(self.outputs)

    def charges_of(self, order: Order) -> list[Charge]:
        """What the acquirer has truly done for the order."""
        attempts = {attempt["attempt_id"] for attempt in self.payment(order)["attempts"]}
        return [charge for charge in self.charges() if charge["reference"] in attempts]

    def truth_equals_the_ledger(self) -> bool:
        """What was taken is what the books show as revenue, or owed back since it came too late."""
        taken: dict[str, int] = {}
        for charge in self.charges():
            taken[charge["currency"]] = taken.get(charge["currency"], 0) + charge["captured"]
        return all(self._booked(currency) == amount for currency, amount in taken.items())

    def _booked(self, currency: str) -> int:
        balance = self.api("auditor").trial_balance(currency)
        assert balance["total_debit"] == balance["total_credit"]
        return earned(balance)

    def aws(self, service: str) -> Any:
        """A client of the local cloud, for faults and for looking behind the API."""
        return _aws(service, self.outputs.aws_endpoint_url)

    def rows(self, table: str, *, which: str = "attribute_exists(pk)") -> int:
        """How many items of the table fulfil the condition."""
        named = {name: {"S": text} for name, text in OPERATORS.items() if name in which}
        pages = self.aws("dynamodb").get_paginator("scan")
        return sum(
            page["Count"]
            for page in pages.paginate(
                TableName=self.outputs.tables[table],
                FilterExpression=which,
                Select="COUNT",
                ConsistentRead=True,
                **({"ExpressionAttributeValues": named} if named else {}),
            )
        )

    def footprint(self) -> tuple[int, ...]:
        """What grows when anything happens: rows, journal entries, payments at the provider.

        Balances are folded some time after an entry: their rows say nothing new. What operators
        work with is of no payment.
        """
        entries = self.rows("accounting", which="attribute_exists(Payload)")
        rows = [self.rows(table, which=NOT_OF_OPERATORS) for table in ("orders", "payments")]
        return (*rows, entries, len(self.charges()))

    def at_rest(self) -> tuple[int, ...]:
        """The footprint once nothing that went before still leaves traces."""
        until(self.messages, lambda count: count <= self.resting_messages, PATIENCE)
        seen = [self.footprint()]

        def look() -> bool:
            seen.append(self.footprint())
            return seen[-1] == seen[-2]

        until(look, bool, PATIENCE)
        return seen[-1]

    def messages(self) -> int:
        """How many are in the inboxes, being handled, or dead: poison wanders, the sum stays.

        While a dead letter becomes a row it counts twice.
        """
        kept = sum(self.rows(table, which="Task = :open") for table in SERVICES)
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        queues = [f"{inbox}{end}" for inbox in INBOXES for end in ("", "_dead_letters")]
        counts = [
            self.aws("sqs").get_queue_attributes(
                QueueUrl=self.outputs.queues[queue], AttributeNames=names
            )["Attributes"]
            for queue in queues
        ]
        return kept + sum(int(count[name]) for count in counts for name in names)

    def lambda_workers(self, *, busy_only: bool) -> list[tuple[int, str]]:
        cloud = Cloud(url=self.outputs.aws_endpoint_url, pid=0, log=Path())
        return lambda_workers(cloud, busy_only=busy_only)


@cache
def _api(api_url: str, api_key: str) -> OperatorApi:
    return OperatorApi(Connection(api_url, api_key))


@cache
def _aws(service: Any, endpoint_url: str) -> Any:
    session: Any = local_aws.session()
    return session.client(service, endpoint_url=endpoint_url, config=local_aws.config())


def problem(answer: Answer) -> dict[str, Any]:
    """The problem document of a refusal, checked for all that every problem document has."""
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = json.loads(answer.body)
    assert set(document) >= {
        "type", "title", "status", "detail", "code", "retryable", "correlation_id",
    }  # fmt: skip
    assert document["type"] == f"https://quittance.dev/problems/{document['code']}"
    assert document["status"] == answer.status
    assert document["correlation_id"]
    return document
