"""What operators may send, and what every decision of theirs is kept with."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.contracts import accounting, orders, payments
from shared.contracts.union import message_types
from shared.errors.taxonomy import InputError, InvalidRequest
from shared.persistence.span import Span

PER_SECOND_DEFAULT: Final = 100
PER_SECOND_MAX: Final = 500
TYPES_MAX: Final = 50
"""Far below the hundred operands that DynamoDB takes."""
TYPES: Final = frozenset(
    kind.__name__
    for union in (orders.Published, payments.Published, payments.Accepted, accounting.Published)
    for kind in message_types(union)
)


def _known(name: str) -> str:
    if name not in TYPES:
        raise ValueError("not a type of message")
    return name


type Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class _Request(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class ReplayRequest(_Request):
    """From a moment on and before another (now, where none is given), of all types or of some,
    about everything or one order, payment or entry; at most so many messages a second."""

    begins_at: Annotated[AwareDatetime, Field(strict=False, alias="from")]
    ends_at: Annotated[AwareDatetime | None, Field(strict=False, alias="to")] = None
    types: Annotated[list[Annotated[str, AfterValidator(_known)]], Field(max_length=TYPES_MAX)] = []
    about: (
        Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{3,63}$")] | None
    ) = None
    per_second: Annotated[int, Field(ge=1, le=PER_SECOND_MAX)] = PER_SECOND_DEFAULT
    reason: Why

    def span(self, now: datetime) -> Span:
        """Raises InvalidRequest for a span that holds nothing, or that is not over yet."""
        ends_at = self.ends_at or now
        if ends_at > now:
            raise InvalidRequest(errors=(InputError("/to", "in the future"),))
        if self.begins_at >= ends_at:
            raise InvalidRequest(errors=(InputError("/from", "not before its end"),))
        return Span(
            begins_at=self.begins_at,
            ends_at=ends_at,
            types=tuple(self.types),
            about=self.about,
        )


class DecisionRequest(_Request):
    """Why it is sent again, or closed; who decides is known by the API key."""

    reason: Why
