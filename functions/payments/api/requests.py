"""What a caller may send to payments."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

TEXT_MAX = 4_000


class EvidenceRequest(BaseModel):
    """The body of POST /payments/{payment_id}/disputes/{dispute_id}/evidence: at least one."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    text: Annotated[str, StringConstraints(max_length=TEXT_MAX)] = ""
    document: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9/_.:-]{0,200}$")] = ""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.text.strip() and not self.document:
            raise ValueError("a text or the name of a document is needed")
        return self
