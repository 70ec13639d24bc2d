"""Settlement's part of the REST API: what the code alone cannot say of its routes."""

from collections.abc import Mapping

from payments.api.settlement_views import ReportDetailView, ReportsView, ReportView
from payments.domain.report import ReportStatus
from shared.errors.taxonomy import InvalidRequest, NotFound
from tests.contract.description import Operation, Query
from tests.contract.services import Route

REPORT: ReportView = {
    "report_id": "rep_7c4m1x8t0k3w6z9q2v5j8hbndp",
    "provider": "sandbox",
    "account": "quittance",
    "status": ReportStatus.READ,
    "key": "sandbox/quittance/settlement-000005.csv",
    "object_version": "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY",
    "number": 5,
    "payout_id": "sbx_po_000005",
    "parts": 1,
    "parts_read": 1,
    "rows": 4,
    "told": 2,
    "known": 0,
    "contradicted": 1,
    "refused": 1,
    "unknown_types": 0,
    "refusal": "",
    "missing": "3 to 4",
    "begun_at": "2026-11-05T02:10:00.250000Z",
}
DETAIL: ReportDetailView = {
    **REPORT,
    "refused_rows": [{"row": 4, "reason": "gross is not an amount of EUR"}],
}
REPORTS: ReportsView = {"data": [REPORT], "next_cursor": None}

SETTLEMENT_OPERATIONS: Mapping[Route, Operation] = {
    ("GET", "/settlement-reports"): Operation(
        id="listSettlementReports",
        summary="The settlement reports that came in a month, with how far each has been read.",
        scope="recon:read",
        view=ReportsView,
        examples={"one": REPORTS},
        query={
            "month": Query(
                description="The month they came in (UTC); this one if it is not given.",
                schema={"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"},
                example="2026-11",
                required=False,
            ),
            "cursor": Query(
                description="`next_cursor` of the page before.",
                schema={"type": "string"},
                example="2026-11-05T02:10:00.250000Z#rep_7c4m1x8t0k3w6z9q2v5j8hbndp",
                required=False,
            ),
        },
        failures=(InvalidRequest,),
    ),
    ("GET", "/settlement-reports/{report_id}"): Operation(
        id="getSettlementReport",
        summary="A settlement report with the first hundred of its refused rows.",
        scope="recon:read",
        view=ReportDetailView,
        examples={"with_a_refused_row": DETAIL},
        failures=(NotFound,),
    ),
}
