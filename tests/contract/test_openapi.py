"""The API description: complete, and true of the routes, the gateway and the functions."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from infra.stacks.edge import ROUTES
from shared.errors.taxonomy import (
    IdempotencyKeyInvalid,
    IdempotencyKeyMissing,
)
from shared.rest import requests
from tests.contract import openapi
from tests.contract.operations import OPERATIONS, failures_of
from tests.contract.parts import HEADERS, PARAMETERS
from tests.contract.services import APPS, SERVICES, routes

FIELDS = {
    "document": "openapi info jsonSchemaDialect servers paths webhooks components security tags "
    "externalDocs",
    "info": "title summary description termsOfService contact license version",
    "operation": "tags summary description externalDocs operationId parameters requestBody "
    "responses callbacks deprecated security servers",
    "parameter": "name in description required deprecated allowEmptyValue style explode "
    "allowReserved schema example examples content",
    "body": "description content required",
    "response": "description headers content links",
    "header": "description required deprecated style explode schema example examples content",
    "media": "schema example examples encoding",
    "example": "summary description value externalValue",
}
"""The fields that the objects of OpenAPI 3.1 may have."""
DOCUMENT = json.loads(json.dumps(openapi.render()))
WEBHOOKS = ("post", "/webhooks/{provider}")


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every operation on the REST API."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            if method != "servers" and (method, path) != WEBHOOKS:
                yield method, path, operation


EVERY_OPERATION = [*operations(), (*WEBHOOKS, DOCUMENT["paths"][WEBHOOKS[1]][WEBHOOKS[0]])]
"""With the webhooks, which have an address of their own."""


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    _, _, kind, name = part["$ref"].split("/")
    found = DOCUMENT["components"][kind][name]
    assert isinstance(found, dict)
    return found


def assert_fits(value: Any, schema: Mapping[str, Any]) -> None:
    """The value is as the schema says, in this document."""
    whole = {"$schema": DOCUMENT["jsonSchemaDialect"], "allOf": [schema]}
    whole["components"] = DOCUMENT["components"]
    Draft202012Validator(whole).validate(value)


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Where an operation takes or gives a body, with its media type."""
    yield from operation.get("requestBody", {"content": {}})["content"].items()
    for response in operation["responses"].values():
        yield from resolved(response)["content"].items()


def assert_is(kind: str, part: Mapping[str, Any]) -> None:
    assert set(part) <= set(FIELDS[kind].split()), kind


def test_every_object_has_the_fields_that_openapi_knows() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert_is("document", DOCUMENT)
    assert_is("info", DOCUMENT["info"])
    for _, _, operation in EVERY_OPERATION:
        assert_is("operation", operation)
        assert_is("body", operation.get("requestBody", {}))
        for parameter in map(resolved, operation["parameters"]):
            assert_is("parameter", parameter)
            assert parameter["in"] in {"path", "query", "header"}
        for status, response in operation["responses"].items():
            assert re.fullmatch("[1-5][0-9][0-9]", status)
            assert_is("response", resolved(response))
            assert resolved(response)["description"]
            for header in resolved(response)["headers"].values():
                assert_is("header", resolved(header))
        for _, content in contents(operation):
            assert_is("media", content)
            for example in content.get("examples", {}).values():
                assert_is("example", resolved(example))


def test_every_route_of_the_services_is_described_and_nothing_else() -> None:
    served = {route for name in APPS for route in routes(name)}
    assert served == set(OPERATIONS)
    assert {(method.upper(), path) for method, path, _ in operations()} == served


def test_the_gateway_leads_each_route_to_the_service_that_has_it() -> None:
    served = {(*route, service) for service in SERVICES for route in routes(service)}
    desks = {
        (method, path.replace("{service}", service), f"{service}/operations")
        for service in SERVICES
        for method, path in routes("operations")
    }
    assert set(ROUTES) == served | desks


def test_every_operation_has_its_own_name_and_the_tag_of_its_service() -> None:
    described = [operation for _, _, operation in operations()]
    ids = [operation["operationId"] for operation in described]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", each) for each in ids)
    assert {tag for operation in described for tag in operation["tags"]} == set(APPS)


def test_every_parameter_in_a_path_is_described() -> None:
    for _, path, operation in operations():
        parameters = map(resolved, operation["parameters"])
        named = [each["name"] for each in parameters if each["in"] == "path"]
        assert named == re.findall(r"{(\w+)}", path)


def test_every_operation_needs_one_scope_of_a_key() -> None:
    for _, _, operation in operations():
        [requirement] = operation["security"]
        [scope] = requirement["apiKey"]
        assert re.fullmatch(r"(orders|payments|ledger|recon):(read|write|operate)", scope)


def test_every_operation_takes_and_gives_the_headers_of_its_kind() -> None:
    for method, _, operation in operations():
        taken = {each["name"] for each in map(resolved, operation["parameters"])}
        assert {"X-Correlation-Id", "traceparent"} <= taken
        assert ("Idempotency-Key" in taken) is (method == "post")
        for status, response in operation["responses"].items():
            given = set(resolved(response)["headers"])
            assert {"X-Correlation-Id", "traceparent"} <= given
            assert ("Idempotency-Replayed" in given) is (method == "post" and status < "300")


def test_every_operation_may_refuse_with_the_problems_of_its_kind() -> None:
    for method, path, operation in operations():
        given = {status for status in operation["responses"] if status >= "400"}
        assert {"401", "403", "429", "500", "503"} <= given
        if method == "post":
            assert {"400", "409", "413", "422"} <= given
        if "{" in path:
            assert "404" in given


def test_every_refusal_is_a_problem_whose_codes_have_that_status() -> None:
    for _, path, operation in EVERY_OPERATION:
        refusals = {k: v for k, v in operation["responses"].items() if k >= "400"}
        for status, response in refusals.items():
            [(media, content)] = resolved(response)["content"].items()
            assert media == "application/problem+json"
            codes = content["schema"]["allOf"][1]["properties"]["code"]["enum"]
            problems = [resolved(example)["value"] for example in content["examples"].values()]
            assert [problem["code"] for problem in problems] == codes, path
            assert {problem["status"] for problem in problems} == {int(status)}
            retryable = any(problem["retryable"] for problem in problems)
            assert ("Retry-After" in resolved(response)["headers"]) is retryable


def test_every_example_is_as_its_schema_says() -> None:
    checked = 0
    for _, _, operation in EVERY_OPERATION:
        for parameter in map(resolved, operation["parameters"]):
            if "example" in parameter:
                assert_fits(parameter["example"], parameter["schema"])
        for media, content in contents(operation):
            assert content.get("examples") or "requestBody" in operation, media
            for example in content.get("examples", {}).values():
                assert_fits(resolved(example)["value"], content["schema"])
                checked += 1
    assert checked > 100
    for header in HEADERS.values():
        assert_fits(header["example"], header["schema"])


def test_every_example_of_a_body_is_taken_by_the_function() -> None:
    bodies = [operation.body for operation in OPERATIONS.values() if operation.body is not None]
    assert len(bodies) > 1
    for body in bodies:
        for example in body.examples.values():
            requests.checked(body.shape, requests.json_object(json.dumps(example)))


@pytest.mark.parametrize(
    ("key", "taken"),
    [
        ("checkout-1001", True),
        ("!" * 255, True),
        ("!" * 256, False),
        ("two words", False),
        ("schlüssel", False),
        ("tab\tbed", False),
        ("", False),
    ],
)
def test_the_door_takes_the_keys_that_the_description_allows(key: str, taken: bool) -> None:
    schema = PARAMETERS["IdempotencyKey"]["schema"]
    assert Draft202012Validator(schema).is_valid(key) is taken
    try:
        requests.idempotency_key(key)
    except (IdempotencyKeyInvalid, IdempotencyKeyMissing):
        assert not taken
    else:
        assert taken


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("cor_1.a:b-C", True),
        ("c" * 128, True),
        ("c" * 129, False),
        ("two words", False),
        ("", False),
    ],
)
def test_the_door_takes_the_correlation_ids_that_the_description_allows(
    given: str, taken: bool
) -> None:
    schema = PARAMETERS["CorrelationId"]["schema"]
    assert Draft202012Validator(schema).is_valid(given) is taken
    assert (requests.correlation_id(given) == given) is taken


def test_no_route_names_a_refusal_twice() -> None:
    for route in OPERATIONS:
        codes = [failure.code for failure in failures_of(route)]
        assert len(codes) == len(set(codes)), route
