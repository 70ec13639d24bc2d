"""The REST API as OpenAPI 3.1: `openapi.json`, from the routes, the requests and the views."""

import json
import re
import tomllib
from collections import defaultdict
from typing import Any, Final

from pydantic import TypeAdapter

from infra.constructs import gateway_problems
from infra.constructs.gateway_problems import Refusal
from shared.errors.problem import CONTENT_TYPE as PROBLEM_JSON
from shared.errors.problem import problem
from shared.errors.taxonomy import InputError, InvalidRequest, QuittanceException
from tests.contract.description import Body, Failures, Operation
from tests.contract.envelopes import CORRELATION
from tests.contract.errors import Entry, entries, of_gateway
from tests.contract.operations import OPERATIONS, WEBHOOK, failures_of
from tests.contract.parts import HEADERS, PARAMETERS, PROBLEM, SECURITY, STORED, WEBHOOK_PARAMETERS
from tests.contract.schemas import components
from tests.contract.services import APPS, ROOT, SERVICES, Route, failures, routes

JSON: Final = "application/json"
EVERY_ANSWER: Final = ("X-Correlation-Id", "traceparent")
GATEWAY_REQUEST: Final = "6a1f5c1e-0d0b-4c7e-9a53-5f2d8f0c7f11"
"""The gateway's own id of a request, which it gives as the correlation id of its refusals."""
FAULT: Final = InputError("/lines/0/quantity", "Input should be a valid integer")


def render() -> dict[str, Any]:
    """The document; fails for a route of a service that OPERATIONS does not describe."""
    names, schemas = components(
        {
            **{(each.view, "serialization"): TypeAdapter(each.view) for each in _all()},
            **{(body.shape, "validation"): TypeAdapter(body.shape) for body in _bodies()},
        }
    )
    paths: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for name in APPS:
        for method, path in routes(name):
            described = _operation(name, (method, path), names)
            paths[path][method.lower()] = described
    paths["/webhooks/{provider}"] = _webhooks()
    responses = _referred(paths, "responses", {each.code: _refusal([each]) for each in entries()})
    examples = _referred([paths, responses], "examples", _examples(_problems()))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Quittance",
            "version": project["version"],
            "description": "Orders, their payments and the ledger. Amounts are whole minor units "
            "of an ISO 4217 currency. A POST takes effect once for its Idempotency-Key.",
        },
        "servers": [_server("api_url", "the base of the REST API of a stage")],
        "tags": [{"name": name} for name in APPS],
        "paths": dict(paths),
        "components": {
            "schemas": {**schemas, "Problem": PROBLEM},
            "parameters": PARAMETERS,
            "headers": HEADERS,
            "responses": responses,
            "examples": examples,
            "securitySchemes": SECURITY,
        },
    }


def _all() -> list[Operation]:
    return list(OPERATIONS.values())


def _bodies() -> list[Body]:
    return [each.body for each in _all() if each.body is not None]


def _operation(app: str, route: Route, names: dict[Any, Any]) -> dict[str, Any]:
    method, path = route
    assert route in OPERATIONS, f"describe {method} {path} in tests/contract/operations.py"
    operation = OPERATIONS[route]
    once = method == "POST"
    parameters = [_path_parameter(name) for name in re.findall(r"{(\w+)}", path)]
    parameters += [_query_parameter(name, operation) for name in operation.query]
    for name in ("IdempotencyKey", "CorrelationId", "Traceparent"):
        if once or name != "IdempotencyKey":
            parameters.append(_ref("parameters", name))
    headers = (*EVERY_ANSWER, *(("Idempotency-Replayed",) if once else ()))
    described = {
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [app],
        "security": [{"apiKey": [operation.scope]}],
        "parameters": parameters,
        "responses": {
            str(operation.status): {
                "description": operation.summary,
                "headers": _headers(*headers),
                "content": {
                    JSON: {
                        "schema": names[operation.view, "serialization"],
                        "examples": _examples(operation.examples),
                    }
                },
            },
            **_refusals(failures_of(route), gateway=True),
        },
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": operation.body.required,
            "content": {
                JSON: {
                    "schema": names[operation.body.shape, "validation"],
                    "examples": _examples(operation.body.examples),
                }
            },
        }
    return described


def _webhooks() -> dict[str, Any]:
    """The function URL of the providers: no key of ours, but the provider's signature."""
    return {
        "servers": [_server("webhook_url", "the function URL for webhooks of a stage")],
        "post": {
            "operationId": "receiveWebhook",
            "summary": "A provider tells what became of an operation.",
            "tags": ["payments"],
            "security": [],
            "parameters": WEBHOOK_PARAMETERS,
            "requestBody": {
                "required": True,
                "description": "As the provider sends it; the signature is checked over its bytes.",
                "content": {JSON: {"schema": {}}},
            },
            "responses": {
                "200": {
                    "description": "Stored, now or before.",
                    "headers": _headers("X-Correlation-Id"),
                    "content": {
                        JSON: {"schema": STORED, "examples": _examples({"one": {"stored": 1}})}
                    },
                },
                **_refusals(WEBHOOK, gateway=False),
            },
        },
    }


def _refusals(refused: Failures, *, gateway: bool) -> dict[str, dict[str, Any]]:
    """A response a status, with the codes it may carry and an example of each."""
    codes = {failure.code for failure in refused} | (of_gateway().keys() if gateway else set())
    by_status: defaultdict[int, list[Entry]] = defaultdict(list)
    for entry in entries():
        if entry.code in codes:
            by_status[entry.status].append(entry)
    return {
        str(status): _refusal(group) if len(group) > 1 else _ref("responses", group[0].code)
        for status, group in sorted(by_status.items())
    }


def _refusal(group: list[Entry]) -> dict[str, Any]:
    codes = [entry.code for entry in group]
    retry = ("Retry-After",) if any(entry.retryable for entry in group) else ()
    narrowed = {"code": {"enum": codes}, "status": {"const": group[0].status}}
    return {
        "description": " ".join(f"`{entry.code}`: {entry.title}." for entry in group),
        "headers": _headers(*EVERY_ANSWER, *retry),
        "content": {
            PROBLEM_JSON: {
                "schema": {"allOf": [_ref("schemas", "Problem"), {"properties": narrowed}]},
                "examples": {code: _ref("examples", code) for code in codes},
            }
        },
    }


def _problems() -> dict[str, Any]:
    """Each code as our own function writes it, or the gateway's template."""
    ours = {each.code: _problem(each) for each in failures()}
    return ours | {code: _gateway_problem(refusal) for code, refusal in of_gateway().items()}


def _problem(failure: type[QuittanceException]) -> dict[str, Any]:
    errors = (FAULT,) if failure is InvalidRequest else ()
    return problem(failure(errors=errors), correlation_id=CORRELATION)


def _gateway_problem(refusal: Refusal) -> dict[str, Any]:
    return {**gateway_problems.problem(refusal), "correlation_id": GATEWAY_REQUEST}


def _path_parameter(name: str) -> dict[str, Any]:
    choice = {"enum": list(SERVICES)} if name == "service" else {}
    schema = {"type": "string", **choice}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameter(name: str, operation: Operation) -> dict[str, Any]:
    query = operation.query[name]
    return {
        "name": name,
        "in": "query",
        "required": query.required,
        "description": query.description,
        "schema": dict(query.schema),
        "example": query.example,
    }


def _referred(documented: Any, kind: str, parts: dict[str, Any]) -> dict[str, Any]:
    """Those of the parts that something refers to."""
    text = json.dumps(documented)
    return {name: parts[name] for name in parts if json.dumps(_ref(kind, name)) in text}


def _headers(*names: str) -> dict[str, Any]:
    return {name: _ref("headers", name) for name in names}


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _examples(values: Any) -> dict[str, Any]:
    return {name: {"value": value} for name, value in values.items()}


def _server(variable: str, description: str) -> dict[str, Any]:
    default = f"https://{variable.replace('_', '-')}.example.com"
    return {
        "url": f"{{{variable}}}",
        "variables": {variable: {"default": default, "description": description}},
    }
