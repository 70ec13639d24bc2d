"""What is not right in books, put there on purpose, with the invariants that it breaks."""

import json
from collections.abc import Callable
from typing import Final

from tests.simulation.evidence import Evidence, Plain


def entry(evidence: Evidence, fact: str) -> Plain:
    return next(each for each in evidence.entries if each["document"]["data"]["fact"] == fact)


def lane_with(evidence: Evidence, account: str) -> list[int]:
    """The kept sums of an account in some lane: debit, credit, held debit, held credit."""
    kept: list[list[int]] = [
        lane["balances"]["EUR"][account]
        for lane in evidence.lanes.values()
        if account in lane["balances"].get("EUR", {})
    ]
    return kept[0]


def unbalanced(evidence: Evidence) -> None:
    entry(evidence, "PaymentCaptured")["postings"] += ";D5900 7 EUR"


def trial_balance(evidence: Evidence) -> None:
    lane_with(evidence, "4000")[0] += 1


def folded_twice(evidence: Evidence) -> None:
    lane_with(evidence, "4000")[0] += 1
    lane_with(evidence, "4000")[1] += 1


def rewritten(evidence: Evidence) -> None:
    entry(evidence, "PaymentCaptured")["description"] = "Nothing to see"


def seal_replaced(evidence: Evidence) -> None:
    day = max(evidence.seals)
    evidence.seals[day][0] = evidence.seals[day][0].replace('"entries"', '"Entries"')


def day_told_otherwise(evidence: Evidence) -> None:
    """Asked for once more, with another root; the vault keeps the first."""
    day, (stands, *_) = next(iter(evidence.seals.items()))
    evidence.seals[day].append(json.dumps({**json.loads(stands), "root": "0" * 64}))


def no_mirror(evidence: Evidence) -> None:
    reversal = next(each for each in evidence.entries if each.get("reverses"))
    reversal["reverses"] = entry(evidence, "PaymentAuthorized")["pk"].removeprefix("ENTRY#")


def same_cause(evidence: Evidence) -> None:
    first, second = evidence.entries[:2]
    first["document"]["causationid"] = second["document"]["causationid"]


def booked_early(evidence: Evidence) -> None:
    entry(evidence, "PaymentCaptured")["effective_at"] = "2027-01-01T00:00:00.000000Z"


def by_hand(evidence: Evidence, name: str, fact: str, **more: str) -> None:
    """An entry that nobody has folded."""
    data = {"fact": fact, "reference": ""}
    document = {"causationid": f"req_{name}", "data": data}
    times = {"OccurredOn": "2026-01-02T", "effective_at": "2026-01-01T"}
    evidence.entries.append({"pk": f"ENTRY#{name}", "document": document, **times, **more})


def held_ends_twice(evidence: Evidence) -> None:
    held = {"released": "D2120 5 EUR;C4000 5 EUR", "resolves": "je_hold"}
    by_hand(evidence, "je_hold", "HoldPlaced", held=held["released"])
    by_hand(evidence, "je_posted", "HoldPosted", postings="D4000 1 EUR;C4000 1 EUR", **held)
    by_hand(evidence, "je_voided", "HoldVoided", **held)


def more_released_than_held(evidence: Evidence) -> None:
    by_hand(evidence, "je_memo", "ManualEntry", postings="D9001 5 EUR;C9000 5 EUR")


def beyond_its_limit(evidence: Evidence) -> None:
    by_hand(evidence, "je_spent", "ManualEntry", postings="D2120 1 EUR;C4000 1 EUR")


def held_beyond_its_limit(evidence: Evidence) -> None:
    by_hand(evidence, "je_hold", "HoldPlaced", held="D2120 1 EUR;C4000 1 EUR")


OF_THE_BOOKS: Final[list[tuple[Callable[[Evidence], None], set[str]]]] = [
    (unbalanced, {"L1", "L3", "L4"}),
    (trial_balance, {"L2", "L3"}),
    (folded_twice, {"L3"}),
    (rewritten, {"L4"}),
    (seal_replaced, {"L4"}),
    (day_told_otherwise, {"L4"}),
    (no_mirror, {"L8", "L4"}),
    (same_cause, {"L7", "X1", "X2"}),
    (booked_early, {"L9", "L4"}),
    (held_ends_twice, {"L5", "L3"}),
    (more_released_than_held, {"L5", "L3"}),
    (beyond_its_limit, {"L6", "L3"}),
    (held_beyond_its_limit, {"L6", "L3"}),
]
