"""What must hold in the books at every step: what is owed is what waits for its line, and what
stands in suspense is what nobody has explained.

As the auditor, it knows the platform by its rows alone: entries, settled lines, and what each look
of the reconciliation has found. It sums them up itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.simulation.audit_ledger import Line, beyond_limits, lines
from tests.simulation.evidence import Finding, Plain, plain_row, read_entry

RECEIVABLE: Final = "1100"
TRANSIT: Final = "1220"
SUSPENSE: Final = "1900"
OF_RECONCILIATION: Final = frozenset(
    {"DiscrepancyFound", "DiscrepancyExplained", "DiscrepancyResolved"}
)
OF_NOBODY: Final = ("line:", "payout:", "transit:")
"""How records begin that are about no payment."""
SETTLED: Final = "PaymentSettled"
EXPLAINED: Final = frozenset({"matched", "split", "grouped", "timing", "fee_only"})
CAPTURES: Final = frozenset({"capture", "capture_reversed"})
ARRIVALS: Final = frozenset({"arrival", "arrival_reversed"})
OPERATIONS: Final = CAPTURES | {"refund", "refund_reversed", "dispute", "dispute_reversed"}
FACTS: Final = {
    "PaymentCaptured": "capture",
    "UnappliedCapture": "capture",
    "CaptureFailed": "capture_reversed",
}
FINDINGS_MAX: Final = 20

type Sums = Counter[str]


class BooksWatch:
    """Told every row of accounting that is written; `check` looks at what has changed since."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._entries: defaultdict[str, dict[str, Plain]] = defaultdict(dict)
        self._lines: defaultdict[str, dict[str, Plain]] = defaultdict(dict)
        self._records: dict[str, dict[str, Plain]] = {}
        self._items: dict[tuple[str, str], list[Plain]] = {}
        self._sent: dict[str, tuple[str, str, int]] = {}
        self._banked: dict[str, tuple[str, int]] = {}
        self._changed: set[str] = set()

    def written(self, table: str, after: Mapping[str, Any] | None) -> None:
        if table != "accounting" or after is None:
            return
        kind, _, name = str(after["pk"].get("S", "")).partition("#")
        if after["sk"] == {"S": "ENTRY"}:
            self._keep(self._entries, read_entry(plain_row(after)))
        elif kind == "LINES":
            self._keep(self._lines, plain_row(after))
        elif kind in {"SENT", "BANKED"}:
            self._keep_transit(kind, plain_row(after))
        elif kind == "ITEMS":
            self._items[name, str(after["sk"]["S"])] = plain_row(after)["items"]
        elif kind == "SETTLEMENT" and after["sk"] == {"S": "STATE"}:
            owner = "" if name.startswith(OF_NOBODY) else name
            self._records.setdefault(owner, {})[name] = plain_row(after)
            self._changed.add(owner)

    def check(self) -> None:
        """Every payment of which anything was written since the last time."""
        changed, self._changed = self._changed, set()
        for payment_id in sorted(changed):
            if not payment_id:
                entries = self._entries[""].values()  # whoever books by hand names no payment
                self.findings += [Finding("L6", what) for what in beyond_limits(entries)]
            for what in self._wrong(payment_id):
                if len(self.findings) < FINDINGS_MAX:
                    self.findings.append(Finding("open", what))

    def _keep(self, rows: dict[str, dict[str, Plain]], row: Plain) -> None:
        payment_id = row.get("payment_id", "")
        if row["pk"] + row["sk"] not in rows[payment_id]:
            rows[payment_id][row["pk"] + row["sk"]] = row
            self._changed.add(payment_id)

    def _keep_transit(self, kind: str, row: Plain) -> None:
        if kind == "SENT":
            minor, currency = row["amount"]
            self._sent[row["pk"] + row["sk"]] = row["payout"], currency, minor
        else:
            minor, currency = row["line"][5]
            self._banked[row["sk"]] = currency, minor
        self._changed.add("")

    def _wrong(self, payment_id: str) -> Iterator[str]:
        booked = {account: Counter[str]() for account in (RECEIVABLE, TRANSIT, SUSPENSE)}
        for entry in self._entries[payment_id].values():
            for line in lines(entry):
                if line.account in booked:
                    booked[line.account][line.currency] += line.amount
        due = {
            RECEIVABLE: self._waiting(payment_id),
            TRANSIT: self._in_transit(payment_id),
            SUSPENSE: self._unexplained(payment_id),
        }
        for account, sums in booked.items():
            if +sums != +due[account] or -sums != -due[account]:
                whose = payment_id or "nobody"
                yield f"{whose}: {account} is {dict(sums)}, not {dict(due[account])}"

    def _waiting(self, payment_id: str) -> Sums:
        """What is expected, and what was booked or told since somebody looked."""
        sums: Sums = Counter()
        known_operations, known_lines = self._known(payment_id)
        for item in self._found(payment_id):
            if item["kind"] == "expected" and _kind(item) in CAPTURES:
                sums.update(residual(item))
        for entry in self._entries[payment_id].values():
            fact, reference = (
                entry["document"]["data"]["fact"],
                entry["document"]["data"]["reference"],
            )
            if (FACTS.get(fact, ""), reference) in known_operations:
                continue
            if fact not in OF_RECONCILIATION and fact != SETTLED:
                sums.update(_on(RECEIVABLE, lines(entry)))
        for line in self._lines[payment_id].values():
            if line["line_id"] not in known_lines and line["kind"] in CAPTURES:
                sums[line["gross"][1]] -= line["gross"][0]
        return sums

    def _in_transit(self, payment_id: str) -> Sums:
        """What is expected at the bank, and what was sent or has come since somebody looked."""
        sums: Sums = Counter()
        if payment_id:
            return sums
        known, known_lines = self._known("")
        for item in self._found(""):
            if item["kind"] == "expected" and _kind(item) in ARRIVALS:
                sums.update(residual(item))
        for payout, currency, minor in self._sent.values():
            if ("arrival", payout) not in known:
                sums[currency] += minor
        for line_id, (currency, minor) in self._banked.items():
            if line_id not in known_lines:
                sums[currency] -= minor
        return sums

    def _unexplained(self, payment_id: str) -> Sums:
        """What was found and nobody has explained; what has no known type stands there at once."""
        sums: Sums = Counter()
        _, known_lines = self._known(payment_id)
        resolved = self._resolved(payment_id)
        for item in self._found(payment_id):
            if item["kind"] in EXPLAINED or item["kind"] == "expected":
                continue
            if item_id(item) not in resolved:
                sums.update(residual(item))
        for name, record in self._records.get(payment_id, {}).items():
            if name.startswith("payout:"):
                for standing in record["standing"]:
                    if standing["kind"] not in EXPLAINED and standing["resolution"] is None:
                        sums.update(standing["residual"])
        for line in self._lines[payment_id].values():
            if line["line_id"] not in known_lines and line["kind"] in {"unknown", "adjustment"}:
                sums[line["net"][1]] -= line["net"][0]
        return sums

    def _found(self, payment_id: str) -> Iterator[Plain]:
        """The items of the last look at each of the payment's records; an entry of the bank that
        was given to a payout has left its own.
        """
        for name, record in self._records.get(payment_id, {}).items():
            if record["operations"] or record["lines"]:
                yield from self._items.get((record["looked_at_by"], name), ())

    def _resolved(self, payment_id: str) -> set[str]:
        return {
            standing["item_id"]
            for record in self._records.get(payment_id, {}).values()
            for standing in record["standing"]
            if standing["resolution"] is not None
        }

    def _known(self, payment_id: str) -> tuple[set[tuple[str, str]], set[str]]:
        items = list(self._found(payment_id))
        operations = {(each[1], each[0]) for item in items for each in item["operations"]}
        return operations, {each[0] for item in items for each in item["lines"]}


def residual(item: Plain) -> Sums:
    """What the operations of an item are above its lines, by currency."""
    sums: Sums = Counter()
    for operation in item["operations"]:
        minor, currency = operation[3]
        sums[currency] += minor
    for line in item["lines"]:
        minor, currency = line[5] if line[1] in OPERATIONS else line[7]
        sums[currency] -= minor
    return sums


def item_id(item: Plain) -> str:
    """The first of its operations, or else of its lines."""
    if item["operations"]:
        kind, name = min((each[1], each[0]) for each in item["operations"])
        return f"{kind}:{name}"
    return f"line:{min(each[0] for each in item['lines'])}"


def _kind(item: Plain) -> str:
    return str((item["operations"] or item["lines"])[0][1])


def _on(account: str, postings: list[Line]) -> Sums:
    sums: Sums = Counter()
    for line in postings:
        if line.account == account:
            sums[line.currency] += line.amount
    return sums
