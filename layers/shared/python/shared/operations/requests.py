"""What operators may send, and what every decision of theirs is kept with."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

type Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class _Request(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class DecisionRequest(_Request):
    """Why it is sent again, or closed; who decides is known by the API key."""

    reason: Why
