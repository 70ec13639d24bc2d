"""The generated contracts stand in git as the code would write them now, and hold together.

`UPDATE_CONTRACTS=1` writes them (`make docs`).
"""

import difflib
import json
import os
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.contract import states
from tests.contract.documents import DOCUMENTS, FOLDER
from tests.contract.services import machines

DESCRIPTIONS = ("asyncapi.json", "openapi.json")


def description(name: str) -> dict[str, Any]:
    document = json.loads(DOCUMENTS[name]())
    assert isinstance(document, dict)
    return document


def found(document: dict[str, Any], reference: str) -> Any:
    """What a local reference points to; raises KeyError."""
    inner: Any = document
    for step in reference.removeprefix("#/").split("/"):
        inner = inner[step.replace("~1", "/").replace("~0", "~")]
    return inner


def values(inside: Any, name: str) -> Iterator[Any]:
    """Everything that stands under `name`, however deep. Examples are data: not looked into."""
    if isinstance(inside, dict):
        for key, value in inside.items():
            if key == name:
                yield value
            if key not in {"example", "examples"}:
                yield from values(value, name)
    elif isinstance(inside, list):
        for item in inside:
            yield from values(item, name)


def schemas(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from document["components"]["schemas"].values()
    yield from values(document, "schema")
    yield from values(document, "payload")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_document_in_git_is_what_the_code_says(name: str) -> None:
    path, text = FOLDER / name, DOCUMENTS[name]()
    if os.environ.get("UPDATE_CONTRACTS"):
        FOLDER.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    kept = path.read_text() if path.exists() else ""
    if kept != text:
        lines = difflib.unified_diff(kept.splitlines(), text.splitlines(), "in git", "now", "", "")
        difference = "\n".join(list(lines)[:40])
        pytest.fail(f"docs/contracts/{name} is out of date: run make docs\n{difference}")


def test_nothing_else_stands_among_the_documents() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(DOCUMENTS)


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_every_reference_leads_somewhere(name: str) -> None:
    document = description(name)
    references = [each for each in values(document, "$ref") if isinstance(each, str)]
    assert len(references) > 20
    for reference in references:
        assert reference.startswith("#/")
        assert found(document, reference) is not None


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_every_schema_is_one(name: str) -> None:
    checked = 0
    for schema in schemas(description(name)):
        Draft202012Validator.check_schema(schema)
        checked += 1
    assert checked > 20


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_every_part_is_used(name: str) -> None:
    """A schema, header or example that nothing refers to describes something that is gone."""
    document = description(name)
    text = json.dumps(document)
    kinds = {kind for kind in document["components"] if kind != "securitySchemes"}
    for kind in kinds:
        for part in document["components"][kind]:
            assert f'"#/components/{kind}/{part}"' in text, f"{kind}/{part}"


def test_every_status_is_reached_and_drawn() -> None:
    drawn = states.render()
    for machine in machines().values():
        steps = machine.transitions
        states_of: type[StrEnum] = type(steps[0].source)
        assert {state for step in steps for state in (step.source, step.target)} == set(states_of)
        assert {step.target for step in steps} | {steps[0].source} == set(states_of)
        for step in steps:
            arrow = rf"^    {step.source} --> {step.target}: .*\b{step.trigger}\b"
            row = rf"^\| `{step.source}` \| `{step.trigger}` \| [^|]*`{step.target}`[^|]* \|"
            assert re.search(arrow, drawn, re.MULTILINE), arrow
            assert re.search(row, drawn, re.MULTILINE), row


def test_every_life_begins_where_nothing_is_known_yet() -> None:
    drawn = re.findall(r"^    \[\*\] --> (\w+)$", states.render(), re.MULTILINE)
    assert drawn == ["pending", "requires_authorization"]


def test_only_a_refund_that_fails_changes_no_state_at_all() -> None:
    unchanged = {name: states.silent(machine) for name, machine in machines().items()}
    assert unchanged == {"order": [], "payment": ["refund_failed"]}
