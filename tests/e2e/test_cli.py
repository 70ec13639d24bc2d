"""The story of one order as a person at a terminal lives through it."""

import json
import subprocess
import sys
from typing import Any

from apphost.deployment import ROOT
from client.answers import Order
from client.watch import until
from tests.e2e.driver import PATIENCE, Platform


def client(quittance: Platform, *words: str, code: int = 0) -> Any:
    """What a command prints as JSON, and on stderr when it fails."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "client",
            *words,
            "--outputs",
            str(quittance.outputs_file),
            "--json",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout) if code == 0 else done.stderr


def place(token: str, *more: str) -> list[str]:
    words = "order place --customer ada --currency EUR --line mug:2:19.99 --line postage:1:4.90"
    return [*words.split(), "--token", token, *more]


def test_an_order_is_placed_confirmed_and_looked_up(quittance: Platform) -> None:
    placed = client(quittance, *place("tok_visa", "--watch"))
    assert (placed["status"], placed["amount"]) == ("authorized", 4488)
    order_id = placed["order_id"]
    confirmed = client(quittance, "order", "confirm", order_id, "--watch")
    assert (confirmed["status"], confirmed["captured"]) == ("paid", 4488)
    assert client(quittance, "order", "show", order_id) == confirmed
    payment = client(quittance, "payment", "show", placed["payment_id"])
    assert (payment["status"], payment["captured"]) == ("captured", 4488)


def test_the_timeline_tells_every_message_with_its_cause(quittance: Platform) -> None:
    placed = client(quittance, *place("tok_visa", "--capture", "automatic", "--watch"))
    told = client(quittance, "timeline", placed["order_id"])["timeline"]
    assert {(each["service"], each["message"], each["kind"]) for each in told} >= {
        ("orders", "OrderPlaced", "event"),
        ("orders", "AuthorizePayment", "command"),
        ("payments", "WebhookReceived", "event"),
        ("payments", "PaymentAuthorized", "event"),
        ("orders", "OrderConfirmed", "event"),
        ("orders", "CapturePayment", "command"),
        ("payments", "PaymentCaptured", "event"),
        ("accounting", "LedgerEntryCreated", "event"),
    }
    assert len({each["correlation_id"] for each in told}) == 1
    known = {told[0]["causation_id"]}
    for each in told:
        assert each["causation_id"] in known, "an effect stands before its cause"
        known.add(each["id"])


def test_a_case_is_listed_shown_and_decided(quittance: Platform) -> None:
    placed = client(quittance, *place("tok_void_fails", "--watch"))
    client(quittance, "order", "cancel", placed["order_id"])

    def opened() -> Any:
        cases = client(quittance, "case", "list")["data"]
        return [each for each in cases if each["order_id"] == placed["order_id"]]

    (case,) = until(opened, bool, PATIENCE)
    shown = client(quittance, "case", "show", case["case_id"])
    assert (shown["code"], len(shown["tried"])) == ("void_failed", 3)
    why = ("--reason", "released by hand at the provider")
    words = ("case", "resolve", case["case_id"], "--action", "correct", *why)
    resolved = client(quittance, *words)
    assert (resolved["status"], resolved["decision"]["actor"]) == ("resolved", "operator")
    assert opened() == []
    assert "case_already_resolved" in client(quittance, *words, code=1)
    until(lambda: quittance.api().order(placed["order_id"]), is_cancelled, PATIENCE)


def is_cancelled(order: Order) -> bool:
    return order["status"] == "cancelled"


def test_the_ledger_is_read(quittance: Platform) -> None:
    paid = quittance.paid()
    entries = client(quittance, "ledger", "entries", "--payment", paid["payment_id"])["data"]
    assert {entry["order_id"] for entry in entries} == {paid["order_id"]}
    assert "PaymentCaptured" in {entry["fact"] for entry in entries}
    balance = client(quittance, "ledger", "trial-balance", "--currency", "EUR")
    assert balance["total_debit"] == balance["total_credit"] > 0


def test_the_exit_code_says_whether_it_worked(quittance: Platform) -> None:
    told = client(quittance, *place("tok_lost_card", "--watch"), code=1)
    assert "payment_failed" in told
    told = client(quittance, "order", "show", "ord_nothing", code=1)
    assert "HTTP 404, not_found" in told
    assert "correlation id" in told
    client(quittance, *place("tok_visa", "--line", "mug:two:1.00"), code=2)


def test_a_repeated_command_under_its_key_is_one_order(quittance: Platform) -> None:
    words = place("tok_visa", "--idempotency-key", "cli-4711")
    first, second = (client(quittance, *words) for _ in range(2))
    assert first["order_id"] == second["order_id"]
    quittance.rest(first)
