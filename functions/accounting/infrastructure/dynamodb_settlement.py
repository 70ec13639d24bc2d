"""Settled lines in the accounting table: by the day they were told, and by their payout."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from accounting.application.ports import ToldLine
from accounting.domain.arrivals import PayoutSent, bank_line
from accounting.domain.payouts import PayoutLine
from accounting.domain.reconciliation import Line
from accounting.domain.settled_lines import payout_item
from accounting.domain.settlement_record import OF_A_LINE, record_id_of
from accounting.infrastructure.record_rows import line_of, line_row
from shared.contracts.bank import BankLineBooked
from shared.contracts.settlement import LineKind, PaymentSettled
from shared.money import Money, total
from shared.persistence.rows import Row, Value
from shared.persistence.table import Key, Put, Table

NO_PAYMENT: Final = "-"
"""Sorts before every payment's id, as an empty one would."""
LINE: Final = "LINE#"
BANKED: Final = "BANKED"
SENT: Final = "SENT"


class DynamoDbSettlement:
    def __init__(self, table: Table) -> None:
        self._table = table

    def lines_told_on(self, provider: str, day: date) -> Iterator[Line]:
        """The lines that came on that day (UTC), in the order of their payments."""
        for row in self._table.partition(f"LINES#{provider}#{day.isoformat()}"):
            yield _line(dict(row))

    def lines_after(self, provider: str, day: date, place: str) -> Iterator[tuple[str, Line]]:
        """The same behind a place, each with its own."""
        pk = f"LINES#{provider}#{day.isoformat()}"
        for row in self._table.partition(pk, sk_from=place):
            if str(row["sk"]) > place:
                yield str(row["sk"]), _line(dict(row))

    def lines_of(self, provider: str, day: date, record_id: str) -> Iterator[Line]:
        """Those of them that one settlement record is about."""
        alone = record_id.startswith(OF_A_LINE)
        name = f"{NO_PAYMENT}#{record_id.removeprefix(OF_A_LINE)}" if alone else f"{record_id}#"
        for row in self._table.partition(f"LINES#{provider}#{day.isoformat()}", sk_prefix=name):
            line = _line(dict(row))
            if record_id_of(line) == record_id:
                yield line

    def payout_lines(self, provider: str, payout_id: str) -> Iterator[PayoutLine]:
        """Every line of a payout that has come so far, its own included."""
        for row in self._table.partition(f"PAYOUT#{provider}#{payout_id}", sk_prefix=LINE):
            read: dict[str, Any] = dict(row)
            yield PayoutLine(
                line_id=read["sk"].removeprefix(LINE),
                kind=LineKind(read["kind"]),
                net=Money(*read["net"]),
            )

    def bank_lines(self, day: date) -> Iterator[Line]:
        """What banks told on that day."""
        for row in self._table.partition(f"{BANKED}#{day.isoformat()}"):
            read: dict[str, Any] = dict(row)
            yield line_of(read["line"])

    def payouts_sent(self, day: date) -> Iterator[PayoutSent]:
        """What providers told on that day of their payouts."""
        for row in self._table.partition(f"{SENT}#{day.isoformat()}"):
            read: dict[str, Any] = dict(row)
            yield PayoutSent(
                provider=read["provider"],
                payout_id=read["payout"],
                entry_id=read["entry_id"],
                amount=Money(*read["amount"]),
                returned=read["returned"],
                on=date.fromisoformat(read["on"]),
            )


def line_rows(told: ToldLine, entry_id: str) -> list[Put]:
    """The rows that keep a line, each new. `entry_id` is its entry's, if it moves anything."""
    day = told.told_on.isoformat()
    if isinstance(told.line, BankLineBooked):
        row: Row = {"line": line_row(bank_line(told.line)), "report_id": told.line.report_id}
        return [Put(key=Key(f"{BANKED}#{day}", told.line.line_id), row=row)]
    puts = _settled_rows(told.line, day)
    return [*puts, _sent_row(told.line, day, entry_id)] if _moves_a_payout(told.line) else puts


def _moves_a_payout(line: PaymentSettled) -> bool:
    return line.kind in {LineKind.PAYOUT, LineKind.PAYOUT_REVERSED} and bool(_sent(line).minor)


def _sent(line: PaymentSettled) -> Money:
    """What reaches the bank of it: the rest is what sending it costs."""
    fee = total([each.amount for each in line.fees], line.net.currency)
    return -(line.net + fee) if line.kind is LineKind.PAYOUT else -line.net


def _sent_row(line: PaymentSettled, day: str, entry_id: str) -> Put:
    row: Row = {
        "provider": line.provider,
        "payout": payout_item(line),
        "entry_id": entry_id,
        "amount": _pair(_sent(line)),
        "returned": line.kind is LineKind.PAYOUT_REVERSED,
        "on": line.settled_on.isoformat(),
    }
    return Put(key=Key(f"{SENT}#{day}", f"{line.provider}#{line.line_id}"), row=row)


def _settled_rows(line: PaymentSettled, day: str) -> list[Put]:
    """The line by its day, and by its payout where it is in one."""
    row: Row = {
        "line_id": line.line_id,
        "kind": line.kind.value,
        "word": line.word,
        "payment_id": line.payment_id or None,
        "reference": line.reference,
        "provider_reference": line.provider_reference,
        "gross": _pair(line.gross),
        "fee": _pair(total([each.amount for each in line.fees], line.net.currency)),
        "net": _pair(line.net),
        "payout": line.payout_id,
        "settled_on": line.settled_on.isoformat(),
        "report_id": line.report_id,
        "row": line.row,
    }
    key = Key(f"LINES#{line.provider}#{day}", f"{line.payment_id or NO_PAYMENT}#{line.line_id}")
    puts = [Put(key=key, row=row)]
    if line.payout_id:
        of_payout: Row = {"kind": line.kind.value, "net": _pair(line.net)}
        payout = Key(f"PAYOUT#{line.provider}#{line.payout_id}", f"{LINE}{line.line_id}")
        puts.append(Put(key=payout, row=of_payout))
    return puts


def _line(read: dict[str, Any]) -> Line:
    return Line(
        line_id=read["line_id"],
        kind=LineKind(read["kind"]),
        payment_id=read.get("payment_id", ""),
        reference=read["reference"],
        provider_reference=read["provider_reference"],
        gross=Money(*read["gross"]),
        fee=Money(*read["fee"]),
        net=Money(*read["net"]),
        payout_id=read["payout"],
        settled_on=date.fromisoformat(read["settled_on"]),
    )


def _pair(amount: Money) -> list[Value]:
    return [amount.minor, amount.currency]
