"""Tell the platform that the books are not what they must be."""

from collections.abc import Sequence
from typing import Final

from accounting.application.ports import Messages
from accounting.domain.proof import Breach
from shared.contracts.accounting import LedgerBreached
from shared.contracts.envelope import Cause
from shared.ids import derived

BREACHES_MAX: Final = 50
"""Told in one night: the first that are found lead to the rest."""


def announce_breaches(breaches: Sequence[Breach], *, messages: Messages, cause: Cause) -> None:
    """One event for each breach, through the outbox."""
    proof_id = derived("proof", cause.id, cause.correlation_id)
    told = [
        LedgerBreached(
            proof_id=proof_id, check=each.check, detail=each.detail, entry_id=each.entry_id
        )
        for each in breaches[:BREACHES_MAX]
    ]
    if told:
        messages.publish(proof_id, told, cause)
