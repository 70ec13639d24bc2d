"""Function URLs by path: `/_aws/lambda-url/{id}/…`, beside LocalStack's form by host name.

Whoever calls a webhook knows a URL and sets no Host header, and a name under `localhost` needs a
name server that knows it.
"""

from typing import Any

from apphost.localstack.plugin import stock

PREFIX = "/_aws/lambda-url"


def _mend() -> None:
    router = stock.part("localstack.services.lambda_.urlrouter").FunctionUrlRouter
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
