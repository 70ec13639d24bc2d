"""JSON Schemas (draft 2020-12) of the code's own types, as components of a document."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import CoreSchema
from pydantic_core.core_schema import ComputedField

REFERENCE: Final = "#/components/schemas/"

type Mode = Literal["validation", "serialization"]
type Key = tuple[type, Mode]


class _Plain(GenerateJsonSchema):
    """Without a title for each field: it says the field's name once more."""

    def field_title_should_be_set(self, schema: CoreSchema | ComputedField) -> bool:
        del schema
        return False


def components(
    wanted: Mapping[Key, TypeAdapter[Any]],
) -> tuple[dict[Any, Any], dict[str, Any]]:
    """The schema of each wanted type, mostly a reference, and the components these refer to."""
    inputs = [(type_, mode, adapter) for (type_, mode), adapter in wanted.items()]
    found, document = TypeAdapter.json_schemas(
        inputs, ref_template=REFERENCE + "{model}", schema_generator=_Plain
    )
    return dict(found), document.get("$defs", {})
