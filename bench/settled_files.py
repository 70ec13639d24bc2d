"""Two exports of the same payments, with faults put in on purpose and known by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from accounting.domain.exports import LINE_COLUMNS, OPERATION_COLUMNS
from accounting.domain.reconciliation import Class

HEADS: Final = (",".join(OPERATION_COLUMNS), ",".join(LINE_COLUMNS))
FAULTS: Final = {
    "a line is deleted": (Class.MISSING_EXTERNAL,),
    "a line is doubled": (Class.DUPLICATE,),
    "a cent is changed": (Class.AMOUNT_MISMATCH,),
    "a currency is swapped": (Class.CURRENCY_MISMATCH,),
    "an internal record is dropped": (Class.MISSING_INTERNAL,),
    "a line comes a month late": (Class.TIMING,),
    "a type is unknown": (Class.MISSING_EXTERNAL, Class.UNKNOWN_TYPE),
}
"""What each fault must be found as; what else its payment has is plainly matched."""
DAYS: Final = 20
FEE: Final = 3


@dataclass(frozen=True, slots=True)
class Told:
    """A payment in both files: rows of text, none or several, and the fault that is in them."""

    payment_id: str
    operations: tuple[str, ...]
    lines: tuple[str, ...]
    fault: str | None


def exported(payments: int, *, fault_every: int) -> Iterator[Told]:
    """`payments` in order; every so many of them has the next fault of FAULTS."""
    names = list(FAULTS)
    for number in range(payments):
        fault = None
        if (number + 1) % fault_every == 0:
            fault = names[number // fault_every % len(names)]
        yield _told(number, fault)


def _told(number: int, fault: str | None) -> Told:
    payment_id, amount, day = f"pay_{number:07d}", 100 + number % 977, 1 + number % DAYS
    both = f"{payment_id},{payment_id}-capture-1,capture,{amount},EUR"
    operation = f"{both},2026-03-{day:02d},op_{number}"
    line = [payment_id, f"{payment_id}-capture-1", "capture", str(amount), "EUR"]
    line += [f"2026-03-{day + 1:02d}", str(FEE), str(amount - FEE), f"po_{day:02d}"]
    line += [f"line_{number}", f"op_{number}"]
    lines = [line]
    match fault:
        case "a line is deleted":
            lines = []
        case "a line is doubled":
            lines = [line, [*line[:9], f"line_{number}_again", line[10]]]
        case "a cent is changed":
            line[3] = str(amount + 1)
        case "a currency is swapped":
            line[4] = "USD"
        case "a line comes a month late":
            line[5] = line[5].replace("2026-03", "2026-04")
        case "a type is unknown":
            line[2] = "unknown"
    operations = () if fault == "an internal record is dropped" else (operation,)
    return Told(payment_id, operations, tuple(",".join(each) for each in lines), fault)
