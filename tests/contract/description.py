"""How an operation of the REST API is described."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from shared.errors.taxonomy import QuittanceException

type Failures = tuple[type[QuittanceException], ...]


@dataclass(frozen=True, kw_only=True)
class Body:
    """A JSON body; without `required` an absent one is an empty object."""

    shape: type[BaseModel]
    required: bool
    examples: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Query:
    """A parameter in the query."""

    description: str
    schema: Mapping[str, Any]
    example: str
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What one route needs and gives. `examples` are answers with the documented status."""

    id: str
    summary: str
    scope: str
    view: type
    examples: Mapping[str, Any]
    status: int = 200
    body: Body | None = None
    query: Mapping[str, Query] = field(default_factory=dict)
    failures: Failures = ()
