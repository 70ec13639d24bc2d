"""A merchant's side of the wire: sends requests to a sandbox over real HTTP."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import urllib3

API_KEY = "sandbox-key"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: urllib3.HTTPHeaderDict
    body: Any

    @property
    def code(self) -> str:
        """The error's code."""
        code = self.body["error"]["code"]
        assert isinstance(code, str)
        return code


@dataclass
class Merchant:
    """Every POST has a new key unless one is given; nothing is retried."""

    url: str
    http: urllib3.PoolManager = field(
        default_factory=lambda: urllib3.PoolManager(maxsize=20, retries=False, timeout=10)
    )
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def request(
        self, method: str, path: str, *, body: bytes | None = None, **headers: str
    ) -> Reply:
        sent = {"Authorization": f"Bearer {API_KEY}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        response = self.http.request(method, self.url + path, body=body, headers=sent)
        return Reply(response.status, response.headers, json.loads(response.data))

    def post(self, path: str, body: object, *, key: str | None = None) -> Reply:
        key = key or f"key_{next(self.numbers)}"
        encoded = json.dumps(body).encode()
        return self.request("POST", path, body=encoded, Idempotency_Key=key)

    def authorize(
        self,
        card: str = "tok_visa",
        *,
        amount: int = 5_000,
        reference: str = "auth_1",
        key: str | None = None,
    ) -> Reply:
        body = {
            "amount": amount,
            "currency": "EUR",
            "payment_method": {"token": card},
            "reference": reference,
            "metadata": {"order": "ord_1"},
        }
        return self.post("/v1/payments", body, key=key)

    def change(
        self, collection: str, payment: str, amount: int | None = None, *, key: str | None = None
    ) -> Reply:
        body: dict[str, object] = {"currency": "EUR", "reference": f"{collection}_1"}
        if amount is not None:
            body["amount"] = amount
        return self.post(f"/v1/payments/{payment}/{collection}", body, key=key)

    def operations(self, reference: str) -> list[dict[str, Any]]:
        reply = self.request("GET", f"/v1/operations?reference={reference}")
        assert reply.status == 200
        data = reply.body["data"]
        assert isinstance(data, list)
        return data

    def disputes(self, reference: str) -> list[dict[str, Any]]:
        reply = self.request("GET", f"/v1/disputes?reference={reference}")
        assert reply.status == 200
        data = reply.body["data"]
        assert isinstance(data, list)
        return data

    def control(self, path: str, body: object = None) -> Any:
        encoded = json.dumps(body or {}).encode()
        response = self.http.request("POST", f"{self.url}/_control/{path}", body=encoded)
        assert response.status == 200, response.data
        return json.loads(response.data)

    def charged(self) -> list[tuple[int, int, int, int]]:
        """(authorized, captured, refunded, voided) of each payment that was authorized."""
        charges = self.control("charges")["charges"]
        return [
            (one["authorized"], one["captured"], one["refunded"], one["voided"])
            for one in charges
            if one["authorized"]
        ]
