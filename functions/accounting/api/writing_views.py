"""What the API answers to those who write in the books."""

from typing import TypedDict

from accounting.application.by_hand import Submitted
from shared.rest.events import Timestamp


class SubmittedView(TypedDict):
    """`booked`, or `awaiting_approval` by a second person under `proposal_id`."""

    status: str
    entry_ids: list[str]
    proposal_id: str | None


class PeriodsView(TypedDict):
    """The last closed day; from `final_at` on no writer can know less."""

    closed_through: str | None
    final_at: Timestamp | None


def submitted_view(submitted: Submitted) -> SubmittedView:
    return {
        "status": "booked" if submitted.entry_ids else "awaiting_approval",
        "entry_ids": list(submitted.entry_ids),
        "proposal_id": submitted.proposal_id,
    }
