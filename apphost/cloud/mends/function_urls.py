"""A function URL alters a body that is not text, and shows a failed function's stack trace.

Stock 1.5.33 goes by the content type alone: a body that says it is JSON or text and holds bytes
that are no UTF-8 arrives with those bytes replaced, and a signature over the raw body can no
longer be checked. The mend hands such a body over in base64, byte for byte. A function that fails
answers 502 and `Internal Server Error`, as on AWS.
"""

import base64
from typing import Any

from apphost.cloud import stock

REQUIRES = (
    "services.lambda_svc:_build_function_url_event",
    "services.lambda_svc:_function_url_proxy_response",
    "services.lambda_svc:lambda_execute_result_to_api_proxy_response",
)
BODY_POSITION = 6


def apply() -> None:
    service = stock.lambda_svc
    stock_build = service._build_function_url_event
    stock_response = service.lambda_execute_result_to_api_proxy_response

    def build(*args: Any, **kwargs: Any) -> dict[str, Any]:
        event: dict[str, Any] = stock_build(*args, **kwargs)
        body: bytes = args[BODY_POSITION]
        if body and not event["isBase64Encoded"] and event["body"].encode() != body:
            event.update(body=base64.b64encode(body).decode("ascii"), isBase64Encoded=True)
        return event

    def response(result: dict[str, Any]) -> Any:
        if result.get("error") and not result.get("throttle"):
            return {"statusCode": 502, "body": "Internal Server Error"}, None
        return stock_response(result)

    service._build_function_url_event = build
    service.lambda_execute_result_to_api_proxy_response = response
