"""The reconciliation's part of the REST API: what the code alone cannot say of its routes."""

from collections.abc import Mapping

from accounting.api.reconciliation_views import (
    ItemsView,
    OpenItemsView,
    ResolvedItemView,
    RunView,
)
from accounting.api.reconciling import PAGE, PAGE_MAX
from accounting.api.requests import ItemResolutionRequest, ReconciliationRequest
from accounting.domain.errors import (
    AccountClosed,
    EntryMalformed,
    ItemNotOpen,
    PeriodClosed,
    SelfApproval,
    UnknownAccount,
)
from accounting.domain.reconciliation import Class
from shared.errors.taxonomy import InvalidRequest, NotFound
from tests.contract import reconciliation_samples as samples
from tests.contract.description import Body, Operation, Query
from tests.contract.services import Route

_PAGES = {
    "limit": Query(
        description=f"How many a page has at most, up to {PAGE_MAX}.",
        schema={"type": "string", "pattern": "^[0-9]{1,3}$", "default": str(PAGE)},
        example="50",
        required=False,
    ),
    "cursor": Query(
        description="Where the page begins: `next_cursor` of the one before.",
        schema={"type": "string"},
        example="sandbox",
        required=False,
    ),
}

RECONCILIATION_OPERATIONS: Mapping[Route, Operation] = {
    ("POST", "/reconciliations"): Operation(
        id="requestReconciliation",
        summary="Reconcile a provider through a day: the books against its settled lines.",
        scope="recon:write",
        status=202,
        body=Body(shape=ReconciliationRequest, required=True, examples={"a_day": samples.REQUEST}),
        view=RunView,
        examples={"completed": samples.RUN},
        failures=(InvalidRequest,),
    ),
    ("GET", "/reconciliations/{reconciliation_id}"): Operation(
        id="getReconciliation",
        summary="A run: how far it is, the totals by class, and every payout it met.",
        scope="recon:read",
        view=RunView,
        examples={"completed": samples.RUN},
        failures=(NotFound,),
    ),
    ("GET", "/reconciliations/{reconciliation_id}/items"): Operation(
        id="listReconciliationItems",
        summary="What a run found: operations and lines that belong together, by class.",
        scope="recon:read",
        view=ItemsView,
        examples={"one_mismatch": samples.ITEMS},
        query={
            "class": Query(
                description="Only this class.",
                schema={"type": "string", "enum": [kind.value for kind in Class]},
                example="amount_mismatch",
                required=False,
            ),
            **_PAGES,
        },
        failures=(InvalidRequest, NotFound),
    ),
    ("GET", "/reconciliation-items"): Operation(
        id="listOpenItems",
        summary="What waits for its line or for an explanation, oldest first, with its owner.",
        scope="recon:read",
        view=OpenItemsView,
        examples={"one_mismatch": samples.OPEN_ITEMS},
        query={
            "provider": Query(
                description="A provider that the books know, whose items are listed.",
                schema={"type": "string"},
                example="sandbox",
            ),
            **_PAGES,
        },
        failures=(InvalidRequest,),
    ),
    ("POST", "/reconciliation-items/{item_id}/resolution"): Operation(
        id="resolveItem",
        summary="Explain an item by an account; above a limit a second person sends the same.",
        scope="recon:write",
        status=202,
        body=Body(
            shape=ItemResolutionRequest, required=True, examples={"a_fee": samples.RESOLUTION}
        ),
        view=ResolvedItemView,
        examples={"resolved": samples.RESOLVED, "large": samples.PROPOSED},
        failures=(
            InvalidRequest,
            NotFound,
            ItemNotOpen,
            SelfApproval,
            UnknownAccount,
            AccountClosed,
            PeriodClosed,
            EntryMalformed,
        ),
    ),
}
