"""Bugs that each break a rule which the others leave whole: `rule` is what has to tell it."""

from typing import Final

from tests.simulation.planted.planting import bug

JOURNAL: Final = "accounting.domain.journal"
RULES: Final = "accounting.domain.posting_rules"
BALANCES: Final = "accounting.domain.balances"
LIMITS: Final = "accounting.domain.limits"
BOOK: Final = "accounting.application.book"
EFFECTS: Final = "payments.domain.effects"
SETTLING: Final = "payments.domain.settling"
FACTS: Final = "orders.domain.facts"
PAID: Final = "payments.domain.facts"
CASES: Final = "orders.application.cases"
CASE: Final = "orders.domain.case"

BUGS: Final = (
    bug(
        "an entry that does not balance is booked",
        (JOURNAL, "        if debits != credits_:", "        if False:"),
        (RULES, "    rest = event.amount - event.already_owed", "    rest = event.amount"),
        why="no rule can write such an entry as long as none is let through",
        life="a refund comes back, and two more are asked for",
        rule="L1",
    ),
    bug(
        "of two postings on one account a balance keeps the last",
        (
            BALANCES,
            "for side, code, minor, currency, _ in notation.lines(text):",
            "kept = {each[1]: each for each in notation.lines(text)}.values()\n"
            "            for side, code, minor, currency, _ in kept:",
        ),
        life="a refund comes back, and two more are asked for",
        rule="L2",
    ),
    bug(
        "a limit has no ceiling",
        (
            LIMITS,
            "highest > max(limit.ceiling, self.balance + self.raising)",
            "highest < 0",
        ),
        reconciled=True,
        rule="L6",
    ),
    bug(
        "what is held counts against no limit",
        (
            LIMITS,
            "moved.balance - moved.lowering, moved.balance + moved.raising",
            "moved.balance, moved.balance",
        ),
        reconciled=True,
        rule="L6",
    ),
    bug(
        "an entry is booked by the clock of whoever books, before it happened",
        (BOOK, "booked_at=max(cause.now, happened_at),", "booked_at=cause.now,"),
        rule="L9",
    ),
    bug(
        "an authorization is told with the token of its card",
        (
            EFFECTS,
            "provider_reference=str(attempt.provider_reference),\n        capture_before=",
            "provider_reference=payment.payment_method_token,\n        capture_before=",
        ),
        rule="P8",
    ),
    bug(
        "a case is named by its payment",
        (CASES, 'derived("case", envelope.id)', 'derived("case", event.payment_id)'),
        rule="X6",
    ),
    bug(
        "what a person decides is kept and not told",
        (
            CASE,
            "return replace(case, status=CaseStatus.RESOLVED, decision=decision), (told,)",
            "return replace(case, status=CaseStatus.RESOLVED, decision=decision), (told,)[1:]",
        ),
        life="refund refused, paid by hand",
        rule="X6",
    ),
    bug(
        "what was paid by hand and made after all is told to nobody",
        (
            FACTS,
            "if any(each.by_hand for each in for_the_same(after, event.refund_id)):",
            "if False:",
        ),
        life="a refund is paid by hand, and is made after all",
        rule="X6",
    ),
    bug(
        "what is captured of an order that was cancelled is kept",
        (
            FACTS,
            "if order.status is OrderStatus.CANCELLED and captured.minor > 0:",
            "if False:",
        ),
        life="a capture comes after a person took the hold of a cancelled order for gone",
    ),
    bug(
        "a hold that came beside another is left to expire",
        (
            PAID,
            "return heard_of(payment, decided, provider_payment=notice.provider_payment)",
            "return payment.replacing(decided), ()",
        ),
        life="a hold comes when its payment was authorized anew",
        rule="X5",
    ),
    bug(
        "what was settled of a capture is what its last line says",
        (
            SETTLING,
            "line.gross if capture.settled is None else capture.settled + line.gross",
            "line.gross",
        ),
        reconciled=True,
        rule="S6",
    ),
)
