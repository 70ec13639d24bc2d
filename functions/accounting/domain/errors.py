"""How the ledger refuses."""

from shared.errors.taxonomy import DomainException


class EntryUnbalanced(DomainException):
    code, title, status = "entry_unbalanced", "Debits and credits differ", 422


class EntryMalformed(DomainException):
    code, title, status = "entry_malformed", "Not a journal entry", 422


class EntryDiffers(DomainException):
    """Never applied and never dropped: it stays with the dead letters until a person decides."""

    code, title = "entry_differs", "This entry is in the books with another content"
