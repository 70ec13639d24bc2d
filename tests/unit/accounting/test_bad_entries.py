"""What must not get into the books is refused at the counter with its code, and writes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.doubles.ledger import Ledger, captured
from tests.unit.accounting.counter import Counter

ENTRIES = "/journal-entries"


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Counter:
    """With one capture in the books, which are closed to the end of 2025."""
    ledger = Ledger()
    ledger.hear(captured(), "m1")
    found = Counter.opened(monkeypatch, ledger)
    status, _ = found.post(
        "/periods", {"actor": "ann", "reason": "the year's end", "through": "2025-12-31"}
    )
    assert status == 202
    return found


def line(account: str, side: str, amount: Any, currency: str = "EUR") -> dict[str, Any]:
    return {"account": account, "side": side, "amount": amount, "currency": currency}


FEE = [line("5000", "debit", 500), line("1000", "credit", 500)]


def body(*postings: dict[str, Any], **more: Any) -> dict[str, Any]:
    entry = {"description": "By hand", "postings": list(postings or FEE)}
    entry |= {
        name: more.pop(name)
        for name in ("effective_at", "hold_until", "payment_id")
        if name in more
    }
    return {"actor": "ann", "reason": "a correction", "entries": [entry], **more}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in body().items() if key != name}


def amounts(amount: Any) -> dict[str, Any]:
    return body(line("5000", "debit", amount), line("1000", "credit", amount))


BAD: dict[str, tuple[dict[str, Any], int, str]] = {
    "unbalanced": (
        body(line("5000", "debit", 500), line("1000", "credit", 499)),
        422,
        "entry_unbalanced",
    ),
    "unbalanced in one of two currencies": (
        body(*FEE, line("5000", "debit", 7, "USD"), line("1000", "credit", 8, "USD")),
        422,
        "entry_unbalanced",
    ),
    "balanced over currencies, in none of them": (
        body(line("5000", "debit", 500), line("1000", "credit", 500, "USD")),
        422,
        "entry_unbalanced",
    ),
    "single-sided": (body(line("5000", "debit", 500)), 422, "invalid_request"),
    "on one side only": (
        body(line("5000", "debit", 500), line("1000", "debit", 500)),
        422,
        "entry_unbalanced",
    ),
    "zero": (amounts(0), 422, "invalid_request"),
    "negative": (amounts(-500), 422, "invalid_request"),
    "a float": (amounts(5.5), 422, "invalid_request"),
    "a whole float": (amounts(500.0), 422, "invalid_request"),
    "text": (amounts("500"), 422, "invalid_request"),
    "true": (amounts(True), 422, "invalid_request"),
    "overflowing": (amounts(10**30), 422, "invalid_request"),
    "an unknown currency": (
        body(line("5000", "debit", 500, "XXQ"), line("1000", "credit", 500, "XXQ")),
        422,
        "invalid_request",
    ),
    "an unknown account": (
        body(line("7777", "debit", 500), line("1000", "credit", 500)),
        422,
        "unknown_account",
    ),
    "a closed account": (
        body(line("1000", "debit", 500), line("3000", "credit", 500)),
        409,
        "account_closed",
    ),
    "a closed period": (body(effective_at="2025-12-31T23:59:59Z"), 409, "period_closed"),
    "a time before all calendars": (
        body(effective_at="0001-01-01T00:00:00+14:00"),
        422,
        "invalid_request",
    ),
    "a time after all calendars": (
        body(effective_at="9999-12-31T23:59:59-14:00"),
        422,
        "invalid_request",
    ),
    "a number for a time": (body(effective_at=12), 422, "invalid_request"),
    "a number in text for a time": (body(effective_at="12"), 422, "invalid_request"),
    "memo against real accounts": (
        body(line("9000", "debit", 5), line("4000", "credit", 5), payment_id="pay_1"),
        422,
        "entry_unbalanced",
    ),
    "a control account without its item": (
        body(line("1100", "debit", 500), line("4000", "credit", 500)),
        422,
        "entry_malformed",
    ),
    "no actor": (without("actor"), 422, "invalid_request"),
    "a blank actor": (body(actor="  "), 422, "invalid_request"),
    "no reason": (without("reason"), 422, "invalid_request"),
    "a blank reason": (body(reason="\t"), 422, "invalid_request"),
    "its own approver": (body(approver="bob"), 422, "invalid_request"),
    "a limit that would not hold": (
        body(line("2120", "debit", 1), line("4000", "credit", 1)),
        409,
        "limit_exceeded",
    ),
    "a hold that has ended": (body(hold_until="2026-01-01T00:00:00Z"), 422, "invalid_request"),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_entry_is_refused_with_its_code_and_nothing_is_written(
    counter: Counter, bad: str
) -> None:
    sent, status, code = BAD[bad]
    writes: list[str] = []
    counter.ledger.table.on_write = writes.append
    answered, problem = counter.post(ENTRIES, sent)
    assert (answered, problem["code"]) == (status, code)
    assert writes == []


def test_a_second_reversal_and_one_of_a_reversal_are_refused(counter: Counter) -> None:
    by = {"actor": "ann", "reason": "a mistake"}
    (capture,) = counter.ledger.journal.entries()
    status, booked = counter.post(ENTRIES, body())
    assert status == 202
    (entry_id,) = booked["entry_ids"]
    _, booked = counter.post(f"{ENTRIES}/{entry_id}/reversal", by)
    (reversal_id,) = booked["entry_ids"]
    early = {**by, "effective_at": "2026-01-02T03:04:04Z"}
    for path, sent, code in (
        (f"{ENTRIES}/{entry_id}/reversal", by, "already_reversed"),
        (f"{ENTRIES}/{reversal_id}/reversal", by, "reversal_refused"),
        (f"{ENTRIES}/{capture.entry_id}/reversal", early, "reversal_refused"),
        (f"{ENTRIES}/je_nothing/reversal", by, "not_found"),
    ):
        status, problem = counter.post(path, sent)
        assert (status, problem["code"]) == (404 if code == "not_found" else 409, code)
    assert len(list(counter.ledger.journal.entries())) == 3


def test_nobody_approves_what_they_proposed_under_any_name(counter: Counter) -> None:
    large = [line("1000", "debit", 100_001), line("4000", "credit", 100_001)]
    status, proposed = counter.post(ENTRIES, body(*large))
    assert (status, proposed["status"]) == (202, "awaiting_approval")
    path = f"/proposals/{proposed['proposal_id']}/approval"
    for approver, key in (("bob", "operator"), ("ann", "operator"), (" ANN", "supervisor")):
        status, problem = counter.post(path, {"approver": approver}, key=key)
        assert (status, problem["code"]) == (409, "self_approval")
    assert len(list(counter.ledger.journal.entries())) == 1
    status, booked = counter.post(path, {"approver": "bob"}, key="supervisor")
    assert status == 202
    _, shown = counter.get(f"{ENTRIES}/{booked['entry_ids'][0]}")
    assert (shown["actor"], shown["actor_key"]) == ("ann", "operator")
    assert (shown["approver"], shown["approver_key"]) == ("bob", "supervisor")


@pytest.mark.parametrize(
    "query",
    [
        {"at": "0001-01-01T00:00:00+14:00"},
        {"at": "soon"},
        {"at": "2026-01-02T03:04:05"},
        {"at": "2026-01-02T03:04:05Z", "consistency": "current"},
        {"at": "2026-01-02T03:04:05Z", "effective_at": "2026-01-02T03:04:05Z"},
        {"consistency": "now"},
        {"including": "je_1"},
        {"including": "je_0123456789abcdefghjk,"},
        {"including": ",".join(["je_0123456789abcdefghjk"] * 21)},
        {"including": "je_0123456789abcdefghjk", "consistency": "folded"},
    ],
)
def test_a_point_that_makes_no_sense_is_refused(counter: Counter, query: dict[str, str]) -> None:
    status, problem = counter.get("/trial-balance", currency="EUR", **query)
    assert (status, problem["code"]) == (422, "invalid_request")


def test_a_balance_is_asked_to_include_an_entry_that_was_just_booked(counter: Counter) -> None:
    _, booked = counter.post(ENTRIES, body())
    before = counter.get("/accounts/5000/balance", currency="EUR")[1]
    _, shown = counter.get(
        "/accounts/5000/balance", currency="EUR", including=booked["entry_ids"][0]
    )
    assert (before["balance"], shown["balance"]) == (0, 500)
    assert shown["point"]["consistency"] == "including"
    unknown = "je_0123456789abcdefghjk"
    status, problem = counter.get("/trial-balance", currency="EUR", including=unknown)
    assert (status, problem["code"]) == (404, "not_found")


def test_an_id_that_no_store_takes_is_not_found(counter: Counter) -> None:
    assert counter.get(f"{ENTRIES}/{'x' * 3000}")[0] == 404
    assert counter.get(ENTRIES, payment_id="x" * 3000)[1]["data"] == []
