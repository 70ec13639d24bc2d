"""A function that fails behind the REST API shows its error and stack trace to the caller.

Stock 1.5.33 answers 502 with the function's own error as the body, and 200 when the function
returned no response at all. On AWS both are 502 with the gateway response DEFAULT_5XX, so that a
customised body (ours is application/problem+json) covers them. The mend renders them through it.
"""

from typing import Any

from apphost.cloud import stock

REQUIRES = (
    "services.apigateway_v1:_lambda_proxy_response",
    "services.apigateway_v1:_invoke_lambda_proxy_v1",
    "services.apigateway_v1:_gateway_error_response",
    "services.apigateway_v1:_deployed_gateway_responses",
    "services.apigateway_v1:_GatewayError",
)
BAD_GATEWAY = 502
RESPONSE_TYPE = "DEFAULT_5XX"


class NoResponse(Exception):
    """The function failed or returned something that is no HTTP response."""


def apply() -> None:
    service = stock.apigateway
    stock_response, stock_invoke = service._lambda_proxy_response, service._invoke_lambda_proxy_v1
    stock_render = service._gateway_error_response

    def response(result: dict[str, Any]) -> Any:
        answer = result.get("body")
        throttled = bool(result.get("throttle"))
        if not throttled and not (isinstance(answer, dict) and "statusCode" in answer):
            raise NoResponse
        return stock_response(result)

    async def invoke(*args: Any, **kwargs: Any) -> Any:
        try:
            return await stock_invoke(*args, **kwargs)
        except NoResponse:
            error = service._GatewayError(
                RESPONSE_TYPE, "Internal server error", "InternalServerErrorException"
            )
            error.is_bad_gateway = True
            return error

    def render(error: Any, request: dict[str, Any]) -> Any:
        status, headers, body = stock_render(error, request)
        if getattr(error, "is_bad_gateway", False):
            status = _customised_status(request) or BAD_GATEWAY
        return status, headers, body

    service._lambda_proxy_response = response
    service._invoke_lambda_proxy_v1 = invoke
    service._gateway_error_response = render


def _customised_status(request: dict[str, Any]) -> int | None:
    deployments = stock.apigateway._deployed_gateway_responses.get(request["api_id"], {})
    customised = deployments.get(request["stage"].get("deploymentId")) or {}
    status = customised.get(RESPONSE_TYPE, {}).get("statusCode")
    return int(status) if status else None
