"""An auditor that knows nothing of the platform's code: each check is named after its invariant.

The letters are those of the field's invariants: L for the ledger, P for a payment, X for what lies
between services. P3 and what must hold at every step is watched in `watch.py`. P7 needs two worlds
and is compared in `test_confluence.py`. L10 (parts of a whole), L11 (exchange) and L12 (exponents)
are of functions that no world calls, or whatever it does: `tests/properties/accounting` shows them.
There, and in `tests/unit/accounting`, stand as well what no bookkeeper of a world tries: the same
id with another body and a linked chain that fails (L7), and entries in a closed period (L9).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from tests.simulation import audit_chain as chain
from tests.simulation import audit_compensation as compensation
from tests.simulation import audit_ledger as ledger
from tests.simulation import audit_payments as payments
from tests.simulation import audit_secrets as secrets
from tests.simulation import audit_services as services
from tests.simulation.acquirer import Charge
from tests.simulation.evidence import Evidence, Finding, Plain, gather
from tests.simulation.world import World

type Check = Callable[[Evidence], Iterator[str]]

CHECKS: Final[dict[str, Check]] = {
    "L1": ledger.l1_every_entry_balances,
    "L2": ledger.l2_the_trial_balance_is_zero,
    "L3": ledger.l3_balances_are_the_fold_of_the_entries,
    "L4": chain.l4_the_chain_verifies_from_genesis,
    "L5": ledger.l5_a_hold_ends_once,
    "L6": ledger.l6_declared_limits_hold,
    "L7": ledger.l7_one_cause_is_one_entry,
    "L8": ledger.l8_a_reversal_mirrors_its_original_once,
    "L9": ledger.l9_nothing_is_booked_before_it_happened,
    "P1": payments.p1_no_more_is_captured_than_was_authorized,
    "P2": payments.p2_no_more_is_given_back_than_was_captured,
    "P4": payments.p4_one_intent_is_one_operation,
    "P5": payments.p5_nothing_is_left_unknown,
    "P6": payments.p6_nothing_is_tried_again_while_money_may_have_moved,
    "P8": secrets.p8_no_secret_is_told,
    "provider = payments": payments.truth_of_the_provider_is_in_payments,
    "provider = ledger": services.truth_is_in_the_books,
    "payments = orders": services.truth_is_in_the_orders,
    "X1": services.x1_every_operation_is_booked_once,
    "X2": services.x2_every_event_is_told_once_with_one_content,
    "X3": services.x3_everything_has_a_cause_in_its_flow,
    "X5": compensation.x5_a_compensation_undoes_its_own_cause_alone,
    "X6": compensation.x6_every_trouble_is_one_case_and_every_decision_is_told,
    "X4": services.x4_an_order_says_what_its_money_says,
    "liveness": services.nothing_is_left_half_way,
    "unexpected": services.nothing_unexpected_happened,
}


def audit(world: World) -> list[Finding]:
    """Everything that is wrong with a finished world: nothing, if all is well."""
    return [*world.watch.findings, *findings(evidence_of(world))]


def findings(evidence: Evidence) -> list[Finding]:
    return [Finding(rule, what) for rule, check in CHECKS.items() for what in check(evidence)]


def evidence_of(world: World) -> Evidence:
    evidence = gather(world.dynamo.items(name) for name in world.streams)
    evidence.published = list(world.bus.published)
    evidence.charges = [_charge(each) for each in world.acquirer.charges.values()]
    evidence.heard, evidence.forgotten = (
        world.acquirer.disputes.heard,
        world.acquirer.disputes.forgotten,
    )
    evidence.letters = [
        letter.body
        for inbox in world.inboxes.values()
        for letter in inbox.letters
        if not letter.poison
    ]
    evidence.executions = {name: each.status for name, each in world.executions.by_name.items()}
    evidence.given_up = dict(world.watch.causes.given_up)
    evidence.seals = {
        day: [sealed.document, *world.vault.asked[day]] for day, sealed in world.vault.seals.items()
    }
    evidence.texts = list(world.said.texts)
    for name in world.dynamo.tables():
        evidence.texts += secrets.row_texts(world.dynamo.items(name))
    evidence.secrets = world.secrets
    evidence.breaches = world.breaches
    evidence.wrong_webhooks = len(world.webhooks.wrong)
    evidence.wishes = {
        f"cus_{each.number}": Counter(decision.kind for decision in each.life.decisions)
        for each in world.customers
    }
    evidence.unexpected = list(world.surprises)
    return evidence


def _charge(charge: Charge) -> Plain:
    return {
        "reference": charge.reference,
        "held": charge.held,
        "operations": [dict(operation) for operation in charge.operations],
    }
