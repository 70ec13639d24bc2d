"""A REST API answers in the default account only.

Stock 1.5.33 looks for an API in the account whose key signed the request; a caller with an API key
or none has signed nothing and gets 404 unless the API is in account 000000000000. On AWS an API's
id says whose it is. The mend finds it in whatever account it is.
"""

from apphost.cloud import stock

REQUIRES = ("services.apigateway_v1:find_api_scope", "services.apigateway_v1:_rest_apis")

type Scope = tuple[str, str]


def apply() -> None:
    stock_find = stock.apigateway.find_api_scope

    def find(api_id: str) -> Scope | None:
        scope: Scope | None = stock_find(api_id) or _anywhere(api_id)
        return scope

    stock.apigateway.find_api_scope = find


def _anywhere(api_id: str) -> Scope | None:
    for (account_id, region, stored_id), _ in stock.apigateway._rest_apis.all_items():
        if stored_id == api_id:
            return account_id, region
    return None
