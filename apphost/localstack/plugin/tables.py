"""DynamoDB and its streams, served by the moto that LocalStack installs, a call at a time.

LocalStack's own provider starts a Java program that it downloads. moto's tables are plain
dictionaries that lose updates under threads; the lock makes every call atomic.
"""

import threading
import time
from dataclasses import dataclass
from typing import Any

from apphost.localstack.plugin import stock, streams, transactions

TOKEN_SECONDS = 600
"""For how long a repeated transaction is recognized by its token, as AWS has it."""

_one_at_a_time = threading.RLock()


@dataclass(frozen=True)
class Committed:
    """A transaction that was carried out under a token."""

    items: Any
    ends: float


class Tables(stock.dynamodb_api.DynamodbApi, stock.service_plugins.ServiceLifecycleHook):  # type: ignore[misc]
    """What it does not define itself goes to moto."""

    def __init__(self) -> None:
        super().__init__()
        self._committed: dict[tuple[str, str, str], Committed] = {}

    def transact_write_items(
        self,
        context: Any,
        transact_items: Any,
        client_request_token: str | None = None,
        **_: Any,
    ) -> Any:
        """Once a token: moto would carry a repeated transaction out again."""
        if client_request_token is None:
            return _call(context)
        key = (context.account_id, context.region, client_request_token)
        with _one_at_a_time:
            self._forget_expired()
            if key not in self._committed:
                answer = _call(context)
                ends = time.monotonic() + TOKEN_SECONDS
                self._committed[key] = Committed(transact_items, ends)
                return answer
            if self._committed[key].items != transact_items:
                raise stock.dynamodb_api.IdempotentParameterMismatchException(
                    "The token came before, with other items"
                )
            return {}

    def _forget_expired(self) -> None:
        now = time.monotonic()
        self._committed = {k: v for k, v in self._committed.items() if v.ends > now}


class Streams(
    stock.dynamodbstreams_api.DynamodbstreamsApi,  # type: ignore[misc]
    stock.service_plugins.ServiceLifecycleHook,  # type: ignore[misc]
):
    """Everything goes to moto."""


def _call(context: Any, _: Any = None) -> Any:
    with _one_at_a_time:
        return stock.part("localstack.services.moto").call_moto(context)


def _on_moto(provider: Any) -> Any:
    return stock.forwarder.ForwardingFallbackDispatcher(provider, _call)


def _make_dynamodb() -> Any:
    transactions.mend()
    streams.mend()
    return stock.service_plugins.Service.for_provider(Tables(), dispatch_table_factory=_on_moto)


def _make_streams() -> Any:
    return stock.service_plugins.Service.for_provider(Streams(), dispatch_table_factory=_on_moto)


# What the entry points name: PROVIDER_OVERRIDE_DYNAMODB=moto and the same for the streams.
dynamodb: Any = stock.service_plugins.aws_provider(api="dynamodb", name="moto")(_make_dynamodb)
dynamodbstreams: Any = stock.service_plugins.aws_provider(api="dynamodbstreams", name="moto")(
    _make_streams
)
