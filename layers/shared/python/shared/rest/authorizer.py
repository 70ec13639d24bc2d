"""The gateway's own check of the API key, before any function of a service runs.

Scopes are checked by the function, which checks the key once more: there are other doors to it.
"""

from typing import Any, Final

from shared.errors.taxonomy import QuittanceException, Unauthenticated
from shared.rest import secret_access

UNAUTHORIZED: Final = "Unauthorized"
"""The one exception text that API Gateway answers with 401."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A REQUEST authorizer: the policy is for the whole stage, so that it may be cached."""
    del context
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    try:
        principal = secret_access.api_keys().authenticate(headers.get("authorization"))
    except Unauthenticated:
        raise Exception(UNAUTHORIZED) from None
    except QuittanceException as failure:
        raise RuntimeError(failure.code) from failure
    api, stage = event["methodArn"].split("/")[:2]
    return {
        "principalId": principal.name,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": "Allow",
                    "Resource": f"{api}/{stage}/*",
                }
            ],
        },
    }
