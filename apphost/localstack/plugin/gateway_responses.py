"""The gateway's own refusals in the words that the API gives them.

LocalStack keeps an API's gateway responses and takes the status from them, but neither body nor
headers: a caller could not tell a refusal to try again from one that is final. And it breaks where
a function answers with something else than an object.
"""

import functools
import json
import re
from typing import Any

from apphost.localstack.plugin import stock

EXECUTION = "localstack.services.apigateway.next_gen.execute_api"
HEADER = "gatewayresponse.header."
NO_RESPONSE = b""
"""Not JSON: what LocalStack refuses as AWS does."""
VARIABLE = re.compile(r"\$context\.([A-Za-z.]+)")


def _mend() -> None:
    handler = stock.part(f"{EXECUTION}.handlers.gateway_exception").GatewayExceptionHandler
    in_force = stock.part(f"{EXECUTION}.gateway_response").get_gateway_response_or_default
    stock_response = handler.create_exception_response
    proxy = stock.part(f"{EXECUTION}.integrations.aws").RestApiAwsProxyIntegration
    parse = proxy.parse_lambda_response

    def create_exception_response(self: Any, exception: Any, context: Any) -> Any:
        response = stock_response(self, exception, context)
        said = in_force(exception.type, context.deployment.rest_api.gateway_responses)
        if said.get("defaultResponse"):
            return response
        known = context.context_variables
        template = (said.get("responseTemplates") or {}).get("application/json")
        if template is not None:
            response.set_response(VARIABLE.sub(lambda found: _look_up(known, found[1]), template))
        for name, value in (said.get("responseParameters") or {}).items():
            response.headers[name.removeprefix(HEADER)] = _header(value, known)
        return response

    def parse_lambda_response(self: Any, payload: bytes) -> Any:
        return parse(self, payload if _is_object(payload) else NO_RESPONSE)

    handler.create_exception_response = create_exception_response
    proxy.parse_lambda_response = parse_lambda_response


def _is_object(payload: bytes) -> bool:
    try:
        return isinstance(json.loads(payload), dict)
    except ValueError:
        return False


def _header(value: str, known: Any) -> str:
    """A text in single quotes, or the name of a variable."""
    if value.startswith("'"):
        return value.strip("'")
    return _look_up(known, value.removeprefix("context."))


def _look_up(known: Any, path: str) -> str:
    """The variable at that path; nothing where there is none."""
    parts = path.strip(".").split(".")
    found = functools.reduce(lambda at, part: (at or {}).get(part), parts, known)
    return "" if found is None else str(found)


# What the entry point names.
on_start: Any = stock.part("localstack.runtime.hooks").on_infra_start(
    name="quittance_gateway_responses"
)(_mend)
