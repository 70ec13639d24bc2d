"""What the mends of CloudFormation share: how a resource is named and how a refusal is told."""

import json
from typing import Any

from apphost.cloud import stock

BAD_REQUEST = 400

type Properties = dict[str, Any]
type Made = tuple[str, Properties]


def name_of(given: str | None, logical_id: str, stack: str, *, length_max: int) -> str:
    """The name in the template, or one made from stack and resource as CloudFormation does."""
    made: str = stock.provisioners._physical_name(stack, logical_id, max_len=length_max)
    return given or made


def answered(response: Any) -> Any:
    """The body of a service's answer; a refusal fails the stack with the service's words."""
    status, _, body = response
    if status >= BAD_REQUEST:
        raise ValueError(body.decode() if isinstance(body, bytes) else body)
    return json.loads(body) if body else {}


def is_true(value: Any) -> bool:
    """A template's boolean, which may come as a word."""
    return str(value).lower() == "true"
