"""What is searched exhaustively, each with the number of its states: none shrinks unseen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Configuration:
    """`deep` ones take minutes: `make model` searches them, the tests do not."""

    name: str
    switches: tuple[str, ...]
    states: int
    deep: bool = False


CONFIGURATIONS: Final = (
    Configuration("capture and refund, a worker dies", ("SILENT=0",), 109_706),
    Configuration("capture and refund, an answer is lost", ("FAULTS=0",), 167_133),
    Configuration("capture against void, a worker dies", ("OP2=VOID", "SILENT=0"), 514_276),
    Configuration("two captures, a worker dies", ("OP2=CAPTURE", "AMOUNT1=1", "SILENT=0"), 244_755),
    Configuration("one capture at two workers, one dies", ("N=2", "TWIN=1", "SILENT=0"), 62_570),
    Configuration("two refunds over the limit", ("N=4", "FROM_CAPTURED"), 112_765),
    Configuration("two refunds within it", ("N=4", "FROM_CAPTURED", "AMOUNT3=1"), 260_591),
    Configuration(
        "two refunds and a withdrawal", ("N=4", "FROM_CAPTURED", "UNDOING", "SILENT=0"), 72_342
    ),
    Configuration("a withdrawal, no fault", ("UNDOING", "FAULTS=0", "SILENT=0"), 46_551),
    Configuration(
        "a capture to the books and back, two faults",
        ("N=2", "BOOKS", "RIVAL", "SILENT=0", "FAULTS=2"),
        100_670,
    ),
    Configuration(
        "a capture withdrawn, to the books",
        ("N=2", "BOOKS", "UNDOING", "SILENT=0", "FAULTS=0"),
        51_624,
    ),
    Configuration("capture and refund, a worker dies and an answer is lost", (), 1_198_715, True),
    Configuration(
        "capture against void, an answer is lost", ("OP2=VOID", "FAULTS=0"), 758_517, True
    ),
    Configuration("one capture at two workers, both", ("N=2", "TWIN=1"), 506_419, True),
    Configuration(
        "capture and refund to the books", ("BOOKS", "SILENT=0", "FAULTS=0"), 1_425_045, True
    ),
    Configuration(
        "two refunds to the books",
        ("N=4", "FROM_CAPTURED", "BOOKS", "SILENT=0", "FAULTS=0"),
        561_417,
        True,
    ),
    Configuration("a withdrawal and a death", ("UNDOING", "SILENT=0"), 432_977, True),
)
