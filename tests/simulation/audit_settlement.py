"""What was settled, audited: S1 to S6, against what the provider did and what was planted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.simulation.audit import evidence_of
from tests.simulation.audit_ledger import l1_every_entry_balances, lines
from tests.simulation.audit_services import x2_every_event_is_told_once_with_one_content
from tests.simulation.audit_settled import (
    s6_a_payment_says_settled_when_all_it_took_was_paid_out,
)
from tests.simulation.evidence import Evidence, Finding
from tests.simulation.settling import Settled
from tests.simulation.world import World


def audit(world: World, truth: Settled) -> list[Finding]:
    """What is wrong with a settled world: nothing, if all is well."""
    evidence = evidence_of(world)
    checks = {
        "L1": l1_every_entry_balances(evidence),
        "X2": x2_every_event_is_told_once_with_one_content(evidence),
        "S1": _told_once(evidence, truth),
        "S2": _owed_by_nobody(evidence),
        "S3": _cleared_and_paid_out(evidence, truth),
        "S4": _raised_as_planted(evidence, truth),
        "S5": _read_to_their_ends(evidence),
        "S6": s6_a_payment_says_settled_when_all_it_took_was_paid_out(
            evidence, [(each.operation["currency"], each) for each in truth.movements]
        ),
    }
    found = [Finding(rule, what) for rule, all_ in checks.items() for what in all_]
    return found + [Finding("unexpected", what) for what in world.surprises]


def _told_once(evidence: Evidence, truth: Settled) -> Iterator[str]:
    """S1: every movement is one line, with its amounts; and every line is a movement."""
    expected = Counter((each.operation["id"], each.gross, each.net) for each in truth.movements)
    told: Counter[tuple[str, int, int]] = Counter()
    for row in evidence.outbox:
        data = row["document"]["data"]
        if row["Type"] == "PaymentSettled" and data["kind"] != "payout":
            told[data["provider_reference"], data["gross"]["minor"], data["net"]["minor"]] += 1
    for key in sorted(expected.keys() | told.keys()):
        if expected[key] != told[key]:
            yield f"{key} was told {told[key]} times instead of {expected[key]}"


def _owed_by_nobody(evidence: Evidence) -> Iterator[str]:
    """S2: what was captured and settled is in nobody's receivable."""
    owed: Counter[str] = Counter()
    for entry in evidence.entries:
        for line in lines(entry):
            if line.account == "1100":
                owed[entry.get("payment_id", "")] += line.amount
    for payment, amount in sorted(owed.items()):
        if amount:
            yield f"{payment or 'nobody'} owes {amount}"


def _cleared_and_paid_out(evidence: Evidence, truth: Settled) -> Iterator[str]:
    """S3: clearing is zero; in transit, or taken from the bank, is what the payouts sent."""
    sums: Counter[tuple[str, str]] = Counter()
    for entry in evidence.entries:
        for line in lines(entry):
            sums[line.account, line.currency] += line.amount
    fees: Counter[str] = Counter()
    for each in truth.movements:
        fees[each.operation["currency"]] += each.fee
    for currency, sent in truth.payouts.items():
        moved = sums["1220", currency] + sums["1000", currency]
        found = {
            "1200": (sums["1200", currency], 0),
            "1220": (moved, sent),
            "5000": (sums["5000", currency], fees[currency]),
            "1900": (sums["1900", currency], 0),
        }
        for account, (amount, due) in found.items():
            if amount != due:
                yield f"{account} in {currency} is {amount} instead of {due}"


def _raised_as_planted(evidence: Evidence, truth: Settled) -> Iterator[str]:
    """S4: what was planted in files is raised, and nothing else."""
    kinds = Counter(row["Type"] for row in evidence.outbox)
    if kinds["SettlementContradicted"] != truth.contradicted:
        yield f"{kinds['SettlementContradicted']} contradictions of {truth.contradicted}"
    refused = sum(data["refused"] for data in _ends(evidence))
    if refused != truth.refused:
        yield f"{refused} rows refused of {truth.refused}"


def _read_to_their_ends(evidence: Evidence) -> Iterator[str]:
    """S5: every row of a report is told, known, contradicted or refused."""
    for data in _ends(evidence):
        counted = data["told"] + data["known"] + data["contradicted"] + data["refused"]
        if counted != data["rows"] or not counted:
            yield f"{data['report_id']} has {data['rows']} rows, of which {counted} are counted"


def _ends(evidence: Evidence) -> list[Any]:
    return [
        row["document"]["data"] for row in evidence.outbox if row["Type"] == "SettlementReportRead"
    ]
