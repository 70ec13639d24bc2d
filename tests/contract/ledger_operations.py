"""The ledger's part of the REST API: what the code alone cannot say of its routes."""

from collections.abc import Mapping

from accounting.api.requests import (
    ApprovalRequest,
    EntriesRequest,
    PeriodRequest,
    ResolutionRequest,
    ReversalRequest,
)
from accounting.api.statement_views import StatementView
from accounting.api.views import (
    BalanceView,
    ChartView,
    EntriesView,
    EntryView,
    TrialBalanceView,
)
from accounting.api.writing_views import PeriodsView, SubmittedView
from accounting.domain.errors import (
    AccountClosed,
    AlreadyApproved,
    AlreadyResolved,
    AlreadyReversed,
    EntryDiffers,
    EntryMalformed,
    EntryUnbalanced,
    HoldRefused,
    LimitExceeded,
    MomentTooBusy,
    PeriodClosed,
    ReversalRefused,
    SelfApproval,
    UnknownAccount,
)
from shared.errors.taxonomy import InvalidRequest, NotFound
from tests.contract import ledger_samples as samples
from tests.contract.description import Body, Operation, Query
from tests.contract.proof_operations import PROOF_OPERATIONS
from tests.contract.services import Route

_MOMENT = {"type": "string", "format": "date-time"}
_TEXT = {"type": "string"}
_BOOKING = (
    InvalidRequest,
    EntryUnbalanced,
    EntryMalformed,
    UnknownAccount,
    AccountClosed,
    PeriodClosed,
    LimitExceeded,
    EntryDiffers,
)

CURRENCY = Query(description="An active ISO 4217 currency.", schema=_TEXT, example="EUR")
_POINT = {
    "at": Query(
        description="Only what was booked until then, in ledger time.",
        schema=_MOMENT,
        example="2026-11-03T18:00:00Z",
        required=False,
    ),
    "effective_at": Query(
        description="Only what had happened by then, whenever it was booked.",
        schema=_MOMENT,
        example="2026-11-03T18:00:00Z",
        required=False,
    ),
    "including": Query(
        description="Entries that must be in it, folded or not: up to 20 ids with commas.",
        schema=_TEXT,
        example="je_2c7hq0m5t8w1z4b6d9fg",
        required=False,
    ),
    "consistency": Query(
        description="`folded` is cheap and a moment behind, `current` adds up every entry.",
        schema={"type": "string", "enum": ["folded", "current"], "default": "folded"},
        example="current",
        required=False,
    ),
}


def _about(thing: str, example: str, more: str = "") -> Query:
    return Query(
        description=f"The {thing} whose entries are listed.{more}",
        schema=_TEXT,
        example=example,
        required=False,
    )


LEDGER_OPERATIONS: Mapping[Route, Operation] = {
    ("GET", "/accounts"): Operation(
        id="listAccounts",
        summary="The chart of accounts, with sub-ledgers and declared limits.",
        scope="ledger:read",
        view=ChartView,
        examples={"the_chart": samples.CHART},
    ),
    ("GET", "/accounts/{code}/balance"): Operation(
        id="getBalance",
        summary="An account's balance in one currency, and the point that it is true for.",
        scope="ledger:read",
        view=BalanceView,
        examples={"after_one_capture": samples.BALANCE},
        query={"currency": CURRENCY, **_POINT},
        failures=(InvalidRequest, NotFound, MomentTooBusy),
    ),
    ("GET", "/accounts/{code}/statement"): Operation(
        id="getStatement",
        summary="The entries on an account in ledger time, with the balance after each.",
        scope="ledger:read",
        view=StatementView,
        examples={"one_capture": samples.STATEMENT},
        query={
            "currency": CURRENCY,
            "from": Query(
                description="The first moment in ledger time; the very first, where it is absent.",
                schema=_MOMENT,
                example="2026-11-01T00:00:00Z",
                required=False,
            ),
            "to": Query(
                description="The moment before which it ends; now, where it is absent.",
                schema=_MOMENT,
                example="2026-12-01T00:00:00Z",
                required=False,
            ),
            "limit": Query(
                description="How many entries a page has at most.",
                schema={"type": "string", "pattern": "^[0-9]{1,3}$", "default": "100"},
                example="50",
                required=False,
            ),
            "cursor": Query(
                description="`next_cursor` of the page before.",
                schema=_TEXT,
                example="2026-11-03T14:05:02.000000Z|2",
                required=False,
            ),
        },
        failures=(InvalidRequest, NotFound),
    ),
    ("GET", "/journal-entries"): Operation(
        id="listJournalEntries",
        summary="The entries of a payment, an order, a payout or an account, as they were booked.",
        scope="ledger:read",
        view=EntriesView,
        examples={"captured": samples.ENTRIES},
        query={
            "payment_id": _about("payment", samples.BOOKED["payment_id"]),
            "order_id": _about(
                "order",
                samples.BOOKED["order_id"],
                " None before its authorization, or money nobody expected, is booked.",
            ),
            "payout_id": _about("payout", "po_1"),
            "account": _about("account", "1100"),
            "from": Query(
                description="With `account`: the first moment of booking.",
                schema=_MOMENT,
                example="2026-11-01T00:00:00Z",
                required=False,
            ),
            "to": Query(
                description="With `account`: the moment before which the list ends.",
                schema=_MOMENT,
                example="2026-12-01T00:00:00Z",
                required=False,
            ),
            "limit": Query(
                description="With `account`: how many entries a page has at most.",
                schema={"type": "string", "pattern": "^[0-9]{1,3}$", "default": "100"},
                example="50",
                required=False,
            ),
            "cursor": Query(
                description="With `account`: `next_cursor` of the page before.",
                schema=_TEXT,
                example="2026-11-03T14:05:02.000000Z|2",
                required=False,
            ),
        },
        failures=(InvalidRequest, NotFound),
    ),
    ("POST", "/journal-entries"): Operation(
        id="bookEntries",
        summary="Book by hand: linked entries all or none; large ones wait for a second person.",
        scope="ledger:write",
        status=202,
        body=Body(shape=EntriesRequest, required=True, examples={"a_write_off": samples.WRITE_OFF}),
        view=SubmittedView,
        examples={"booked": samples.SUBMITTED, "proposed": samples.PROPOSED},
        failures=_BOOKING,
    ),
    ("GET", "/journal-entries/{entry_id}"): Operation(
        id="getJournalEntry",
        summary="A journal entry with its postings, its cause and its hash.",
        scope="ledger:read",
        view=EntryView,
        examples={"a_capture": samples.BOOKED},
        failures=(NotFound,),
    ),
    ("POST", "/journal-entries/{entry_id}/reversal"): Operation(
        id="reverseEntry",
        summary="Book the mirror of an entry, once.",
        scope="ledger:write",
        status=202,
        body=Body(shape=ReversalRequest, required=True, examples={"a_mistake": samples.REVERSAL}),
        view=SubmittedView,
        examples={"booked": samples.SUBMITTED, "proposed": samples.PROPOSED},
        failures=(*_BOOKING, NotFound, ReversalRefused, AlreadyReversed),
    ),
    ("POST", "/journal-entries/{entry_id}/resolution"): Operation(
        id="resolveHold",
        summary="Post a hold, all or a part, or void it; what is not posted is free again.",
        scope="ledger:write",
        status=202,
        body=Body(shape=ResolutionRequest, required=True, examples={"post": samples.RESOLUTION}),
        view=SubmittedView,
        examples={"booked": samples.SUBMITTED},
        failures=(*_BOOKING, NotFound, HoldRefused, AlreadyResolved),
    ),
    ("POST", "/proposals/{proposal_id}/approval"): Operation(
        id="approveProposal",
        summary="The second person agrees: the proposed entries are booked in both names.",
        scope="ledger:write",
        status=202,
        body=Body(shape=ApprovalRequest, required=True, examples={"by_bob": samples.APPROVAL}),
        view=SubmittedView,
        examples={"booked": samples.SUBMITTED},
        failures=(
            *_BOOKING,
            NotFound,
            SelfApproval,
            AlreadyApproved,
            ReversalRefused,
            AlreadyReversed,
        ),
    ),
    ("GET", "/trial-balance"): Operation(
        id="getTrialBalance",
        summary="Every account that was used, in one currency; both totals are equal.",
        scope="ledger:read",
        view=TrialBalanceView,
        examples={"after_one_capture": samples.TRIAL_BALANCE},
        query={"currency": CURRENCY, **_POINT},
        failures=(InvalidRequest, NotFound, MomentTooBusy),
    ),
    ("GET", "/periods"): Operation(
        id="getPeriods",
        summary="How far the books are closed.",
        scope="ledger:read",
        view=PeriodsView,
        examples={"october_is_closed": samples.PERIODS},
    ),
    ("POST", "/periods"): Operation(
        id="closePeriod",
        summary="Close the books through a day: nothing becomes effective there any more.",
        scope="ledger:write",
        status=202,
        body=Body(shape=PeriodRequest, required=True, examples={"october": samples.PERIOD}),
        view=PeriodsView,
        examples={"october_is_closed": samples.PERIODS},
        failures=(InvalidRequest, EntryMalformed, PeriodClosed),
    ),
    **PROOF_OPERATIONS,
}
