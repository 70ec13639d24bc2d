"""The Lambda that an operator calls to make an empty ledger again from the vault's exports."""

from collections.abc import Iterator
from typing import Any

from accounting import wiring
from accounting.application.ports import Seals
from accounting.application.prove import parts_of
from accounting.application.rebuild import rebuild
from accounting.domain.errors import LedgerBroken
from accounting.domain.seals import Seal, read_seal
from shared import clock


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """May be called again when it was interrupted; entries that are there already stay."""
    del event, context
    vault = wiring.vault()
    days = ((seal, parts_of(seal.day, vault)) for seal in _seals(vault))
    entries = rebuild(days, table=wiring.journal(), folds=wiring.folds(), now=clock.now())
    return {"entries": entries, "days": len(vault.days())}


def _seals(vault: Seals) -> Iterator[Seal]:
    for day in vault.days():
        sealed = vault.find(day)
        if sealed is None or not vault.holds(sealed):
            raise LedgerBroken(f"the seal of {day} is not ours")
        yield read_seal(sealed.document)
