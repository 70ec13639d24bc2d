"""Events as API Gateway's Lambda proxy integration (REST API) sends them."""

from typing import Any


def proxy_event(
    method: str,
    path: str,
    *,
    resource: str = "/{proxy+}",
    headers: dict[str, str] | None = None,
    body: str | None = None,
    encoded: bool = False,
) -> dict[str, Any]:
    headers = {"Authorization": "Bearer qk_client"} if headers is None else headers
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": path.lstrip("/")},
        "stageVariables": None,
        "requestContext": {
            "accountId": "111122223333",
            "apiId": "abcdef1234",
            "authorizer": {"principalId": "client"},
            "domainName": "abcdef1234.execute-api.us-east-1.amazonaws.com",
            "extendedRequestId": "Bx1yHFvvoAMFhfA=",
            "httpMethod": method,
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "quittance-client"},
            "path": f"/prod{path}",
            "protocol": "HTTP/1.1",
            "requestId": "7a1c5bd1-7a2c-4a8a-9a33-1d9e4dd1c0fe",
            "requestTime": "02/Jan/2026:03:04:05 +0000",
            "requestTimeEpoch": 1767323045000,
            "resourceId": "abc123",
            "resourcePath": resource,
            "stage": "prod",
        },
        "body": body,
        "isBase64Encoded": encoded,
    }
