"""Bugs in how a bank's statements are told, and payouts given their entries."""

from typing import Final

from tests.simulation.planted.planting import bug

STATEMENT: Final = "payments.domain.statement"
REPORTS: Final = "payments.infrastructure.dynamodb_reports"
ARRIVE: Final = "accounting.application.arrive"
ARRIVALS: Final = "accounting.domain.arrivals"
RECORD: Final = "accounting.domain.settlement_record"
RULES: Final = "accounting.domain.settlement_rules"

BUGS: Final = (
    bug(
        "a corrected statement books its entries again",
        (
            STATEMENT,
            'line_id=derived("line", BANK, _plain(account), *entry.identity, *times),',
            'line_id=derived("line", BANK, report_id, *entry.identity, *times),',
        ),
        reconciled=True,
    ),
    bug(
        "an entry that is told with another amount is another entry",
        (
            STATEMENT,
            'return ("reference", self.reference, day)',
            'return ("reference", self.reference, day, str(self.amount))',
        ),
        reconciled=True,
    ),
    bug(
        "a statement need not lead from its opening to its closing balance",
        (STATEMENT, "    if off.minor:\n", "    if False:\n"),
        reconciled=True,
    ),
    bug(
        "an entry is matched by its amount alone",
        (
            ARRIVE,
            "    given = assigned(tuple(found.transit.values()), lines.values(), looking.rules)",
            "    from dataclasses import replace as _with\n    bare = [_with(each, reference='') for each in lines.values()]\n    given = assigned(tuple(found.transit.values()), bare, looking.rules)",
        ),
        reconciled=True,
    ),
    bug(
        "an amount finds its payout on any day",
        (
            ARRIVALS,
            "        and EARLY_DAYS\n        <= (line.settled_on - operation.happened_on).days\n        <= rules.settled_within_days\n",
            "",
        ),
        reconciled=True,
    ),
    bug(
        "an entry that was given stays in its own record",
        (ARRIVE, "    dropped = [given_away(each) for each in alone]", "    dropped = []"),
        reconciled=True,
    ),
    bug(
        "what an entry had in suspense stays there when it is given",
        (
            ARRIVE,
            "    dropped = [given_away(each) for each in alone]",
            "    dropped = [replace(given_away(each), reverse=()) for each in alone]",
        ),
        reconciled=True,
    ),
    bug(
        "an arrival is told and not booked",
        (
            ARRIVE,
            "    entries = [_entry(line, record, looking) for line in lines]",
            "    entries = []",
        ),
        reconciled=True,
    ),
    bug(
        "an arrival is booked and told after its payout was looked at",
        (
            ARRIVE,
            "    look_at_found(found, looking, also=dropped, entries=entries, events=told)",
            "    look_at_found(found, looking, also=dropped)\n    for entry, event in zip(entries, told, strict=True):\n        fresh = looking.records.find(record.record_id)\n        look_at_found(replace(found, record=fresh, items=(), book=(), reverse=(), found=(), explained=()), looking, entries=[entry], events=[event])",
        ),
        reconciled=True,
        life="a payout arrives, in a statement that is written in both formats",
    ),
    bug(
        "an entry is given to a payout that it was given to before",
        (
            ARRIVALS,
            "    for line in record.lines:\n        waiting.take(line)\n",
            "",
        ),
        reconciled=True,
    ),
    bug(
        "an entry that a person has explained is new when it is met again",
        (
            ARRIVE,
            "        if record_id not in known:\n            found.alone",
            "        if record_id not in known or not known[record_id].operations:\n            found.alone",
        ),
        reconciled=True,
    ),
    bug(
        "what a payout was sent is taken up again in each run",
        (
            ARRIVALS,
            "        if any(known.entry_id == each.entry_id for known in record.operations):\n            continue\n",
            "",
        ),
        reconciled=True,
    ),
    bug(
        "the bank books a debit as what came in",
        (
            RULES,
            "    return signed_postings((BANK, amount), (PAYOUT_IN_TRANSIT, -amount), item=payout_id)",
            "    size = Money(abs(amount.minor), amount.currency)\n    return signed_postings((BANK, size), (PAYOUT_IN_TRANSIT, -size), item=payout_id)",
        ),
        reconciled=True,
    ),
    bug(
        "a run gives what it has left alone before",
        (ARRIVE, "        if not was_here(record, looking)  # what", "        if True  # what"),
        reconciled=True,
    ),
)
