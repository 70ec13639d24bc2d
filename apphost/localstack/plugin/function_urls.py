"""Function URLs by path: `/_aws/lambda-url/{id}/…`, beside LocalStack's form by host name.

Whoever calls a webhook knows a URL and sets no Host header, and a name under `localhost` needs a
name server that knows it. And a text stays a text: LocalStack hands over any but ASCII in base64.
"""

import base64
from typing import Any

from apphost.localstack.plugin import stock

PREFIX = "/_aws/lambda-url"
TEXTS = ("text", "json", "xml")


def _mend() -> None:
    urls = stock.part("localstack.services.lambda_.urlrouter")
    router, make_event = urls.FunctionUrlRouter, urls.event_for_lambda_url
    register_by_host = router.register_routes

    def register_routes(self: Any) -> None:
        known = self.registered
        register_by_host(self)
        if known:
            return

        def by_path(request: Any, api_id: str, path: str = "") -> Any:
            return self.handle_lambda_url_invocation(
                _without_prefix(request, path), api_id, _region(api_id)
            )

        self.router.add(f"{PREFIX}/<api_id>", endpoint=by_path)
        self.router.add(f"{PREFIX}/<api_id>/<path:path>", endpoint=by_path)

    router.register_routes = register_routes
    urls.event_for_lambda_url = lambda *asked: _with_text(make_event(*asked))


def _with_text(event: dict[str, Any]) -> dict[str, Any]:
    """The event, its body no longer in base64 where it is declared a text and is one."""
    declared = event["headers"].get("content-type", "").lower()
    if not event["isBase64Encoded"] or not any(kind in declared for kind in TEXTS):
        return event
    try:
        body = base64.b64decode(event["body"]).decode()
    except UnicodeDecodeError:
        return event
    return {**event, "body": body, "isBase64Encoded": False}


def _without_prefix(request: Any, path: str) -> Any:
    """The same request as the function's own host would get it."""
    return stock.part("localstack.http").Request(
        method=request.method,
        path=f"/{path}",
        headers=request.headers,
        body=request.get_data(),
        query_string=request.query_string.decode(),
    )


def _region(api_id: str) -> str:
    """Where the function with that URL is; where there is none, any: that is answered 403."""
    stores = stock.part("localstack.services.lambda_.invocation.models").lambda_stores
    for account in stores.values():
        for region, store in account.items():
            for function in store.functions.values():
                if any(url.url_id == api_id for url in function.function_url_configs.values()):
                    return str(region)
    return "us-east-1"


# What the entry point names.
on_start: Any = stock.part("localstack.runtime.hooks").on_infra_start(
    name="quittance_function_urls"
)(_mend)
