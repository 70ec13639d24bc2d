"""What the platform's own proofs of its books have told, audited: a breach is never sound."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tests.simulation.evidence import Evidence, Plain

_NOT_SEALED: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} is not sealed")
LATE: Final = frozenset({"attestation", "not_booked", "orphan"})
"""What a proof may find as long as messages are late: it asks for what was told days ago."""


def breached(evidence: Evidence) -> Iterator[str]:
    """What the proofs of the books have told: only what is late, and nothing in the end."""
    if evidence.breaches:
        yield f"{evidence.breaches} breaches in the last proof of the books"
    for row in evidence.outbox:
        data = row["document"]["data"]
        if row["Type"] == "LedgerBreached" and (evidence.breaches or not _is_late(data)):
            yield f"{row['OccurredOn']}: {data['check']}: {data['detail']} {data['entry_id']}"


def _is_late(breach: Plain) -> bool:
    """Messages take days in a bad world, whoever folds is away for one, and after a long silence a
    night does not seal all days that have ended.
    """
    detail = breach["detail"]
    late = detail.startswith("inserted: in no chain") or _NOT_SEALED.fullmatch(detail)
    return bool(breach["check"] in LATE or late)
