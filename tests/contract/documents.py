"""What is generated into `docs/contracts`, and how."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.contract import asyncapi, compensation, errors, openapi, splitting, states
from tests.contract.services import ROOT

FOLDER: Final = ROOT / "docs" / "contracts"


def _json(render: Callable[[], dict[str, Any]]) -> Callable[[], str]:
    return lambda: json.dumps(render(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


DOCUMENTS: Final[Mapping[str, Callable[[], str]]] = {
    "asyncapi.json": _json(asyncapi.render),
    "compensation.md": compensation.render,
    "errors.json": _json(errors.render_json),
    "errors.md": errors.render_markdown,
    "openapi.json": _json(openapi.render),
    "splitting.md": splitting.render,
    "states.md": states.render,
}
"""The text of each file, by its name."""
