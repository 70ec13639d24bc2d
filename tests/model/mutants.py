"""Bugs planted in the model: each is an #ifdef of it, and each must be found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Mutant:
    """`breaks` is a part of the assertion whose violation must be found."""

    name: str
    does: str
    breaks: str
    switches: tuple[str, ...] = ()


VOID: Final = ("OP2=VOID", "SILENT=0")
CAPTURES: Final = ("OP2=CAPTURE", "AMOUNT1=1", "SILENT=0")
REFUNDS: Final = ("N=4", "FROM_CAPTURED")
BOOKS: Final = ("N=2", "BOOKS", "SILENT=0")

MUTANTS: Final = (
    Mutant("FRESH_KEY", "a fresh key for every call", "charges[i]<=1"),
    Mutant("NO_INTENT", "the provider is called before the attempt is durable", "charges[i]<=1"),
    Mutant("BLIND_RETRY", "a retry neither asks nor looks at its age", "charges[i]<=1"),
    Mutant("UNKNOWN_IS_NO", "silence is taken for a decline", "truth[i]==2"),
    Mutant(
        "WHILE_UNKNOWN",
        "money moves while an outcome is unknown",
        "unknowns==0",
        (*REFUNDS, "AMOUNT3=1"),
    ),
    Mutant("ABSENT_EARLY", "never heard of it, taken for no at once", "truth[i]==2"),
    Mutant("UNRESERVED", "a refund is not reserved", "refunded+refunding", REFUNDS),
    Mutant("CHECKED_THEN_WRITTEN", "a write without its condition", "<=authorized", CAPTURES),
    Mutant("VOID_RACES", "a void begins while a capture is under way", "<=authorized", VOID),
    Mutant("LATE_ANSWER", "an answer writes over what a webhook decided", "capturing>=0"),
    Mutant("TOLD_TWICE", "the same success again counts again", "capturing>=0"),
    Mutant("ACKED_FIRST", "a message is acknowledged before it is handled", "mark[i]"),
    Mutant("NO_RESOLVER", "nobody asks the provider what it did", "queued[i]"),
    Mutant("CANCEL_FORGOTTEN", "giving up during authorization is not kept", "promised", VOID),
    Mutant(
        "GIVE_BACK_APART", "the message is written after the state, on its own", "promised", VOID
    ),
    Mutant("STAMPED_FIRST", "a fact is stamped before it is on the bus", "l_captured", BOOKS),
    Mutant(
        "REFUSAL_IGNORED",
        "an entry that the bus refused is stamped",
        "l_captured",
        ("N=2", "BOOKS", "FAULTS=0"),
    ),
    Mutant("ENTRY_TWICE", "an entry is not named after its cause", "l_captured", BOOKS),
    Mutant("ENTRY_APART", "an entry and its announcement in two writes", "o_captured", BOOKS),
    Mutant("INBOX_DROPPED", "no inbox", "o_captured", BOOKS),
    Mutant("INBOX_BEFORE", "the inbox is only looked at before", "o_captured", (*BOOKS, "RIVAL")),
    Mutant("MARKED_APART", "the mark in a transaction of its own, after", "o_captured", BOOKS),
    Mutant("MARKED_FIRST", "the mark in a transaction of its own, before", "o_captured", BOOKS),
)
