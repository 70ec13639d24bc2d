"""What the REST API gives out so that anybody can prove the ledger."""

from collections.abc import Mapping

from accounting.api.proof_views import ChainView, ExportView, ProofView, SealsView
from accounting.domain.errors import LedgerBroken, VaultUnreachable
from shared.errors.taxonomy import InvalidRequest, NotFound
from tests.contract import ledger_samples as samples
from tests.contract.description import Operation, Query
from tests.contract.services import Route

PROOF_OPERATIONS: Mapping[Route, Operation] = {
    ("GET", "/ledger/chains/{lane}"): Operation(
        id="getChain",
        summary="A page of a hash chain with its entries as stored: what a proof is made from.",
        scope="ledger:read",
        view=ChainView,
        examples={"one_entry": samples.CHAIN},
        query={
            "cursor": Query(
                description="`next_cursor` of the page before.",
                schema={"type": "string"},
                example="2026-11-03T14:05:0#000000000400",
                required=False,
            )
        },
        failures=(InvalidRequest, NotFound),
    ),
    ("GET", "/ledger/seals"): Operation(
        id="listSeals",
        summary="Every daily seal with its signature, and the key to check it with.",
        scope="ledger:read",
        view=SealsView,
        examples={"one_day": samples.SEALS},
        failures=(VaultUnreachable,),
    ),
    ("GET", "/ledger/exports/{day}"): Operation(
        id="getExport",
        summary="A sealed day as CSV, from which the books can be made again.",
        scope="ledger:read",
        view=ExportView,
        examples={"one_day": samples.EXPORT},
        query={
            "cursor": Query(
                description="`next_cursor` of the part before.",
                schema={"type": "string", "pattern": "^[0-9]{1,7}$"},
                example="1",
                required=False,
            )
        },
        failures=(InvalidRequest, NotFound, VaultUnreachable),
    ),
    ("GET", "/ledger/proof"): Operation(
        id="proveLedger",
        summary="Run the ledger's checks over everything that is stored.",
        scope="ledger:read",
        view=ProofView,
        examples={"all_is_well": samples.PROOF},
        failures=(VaultUnreachable, LedgerBroken),
    ),
}
