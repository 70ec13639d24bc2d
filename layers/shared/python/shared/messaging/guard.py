"""The courtesy at the door: a repeated command gets the stored answer of the first.

Powertools deletes its record when the command raises and forgets after its expiry, so that nothing
that must happen once may rest on it: that lock is the condition on the row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyInconsistentStateError,
    IdempotencyPersistenceLayerError,
    IdempotencyValidationError,
)

from shared.errors.taxonomy import IdempotencyKeyReused, StillProcessing, StoreBusy
from shared.moments import timestamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REMEMBERED_SECONDS: Final = 24 * 3600
_REPLAYED: Final = "replayed"


@dataclass(frozen=True, slots=True)
class Answered:
    """What the command answered, now or the first time."""

    answer: dict[str, Any]
    replayed: bool


class CommandGuard:
    """One function's idempotency records, in the commands table (Key, Response, CreatedAt)."""

    def __init__(
        self, *, table_name: str, client: DynamoDBClient, clock: Callable[[], datetime]
    ) -> None:
        store = DynamoDBPersistenceLayer(
            table_name=table_name,
            key_attr="Key",
            data_attr="Response",
            boto3_client=_Dated(client, clock),  # type: ignore[arg-type]
        )
        self._config = IdempotencyConfig(
            event_key_jmespath="key",
            payload_validation_jmespath="payload",
            raise_on_no_idempotency_key=True,
            expires_after_seconds=REMEMBERED_SECONDS,
            hash_function="sha256",
            response_hook=_mark_replayed,  # type: ignore[arg-type]  # a plain function, called by place
        )
        self._once = idempotent_function(
            _run,
            data_keyword_argument="request",
            persistence_store=store,
            config=self._config,
            key_prefix="command",
        )

    def run(
        self,
        action: Callable[[], dict[str, Any]],
        *,
        key: str,
        payload: dict[str, Any],
        context: Any,
    ) -> Answered:
        """Run `action` unless `key` has answered already.

        Raises IdempotencyKeyReused when the key came with another payload, StillProcessing while
        the first run has not ended, and whatever `action` raises (which is not remembered).
        """
        self._config.register_lambda_context(context)
        try:
            answer = dict(self._once(request={"key": key, "payload": payload}, action=action))
        except IdempotencyValidationError:
            raise IdempotencyKeyReused from None
        except (IdempotencyAlreadyInProgressError, IdempotencyInconsistentStateError):
            raise StillProcessing from None
        except IdempotencyPersistenceLayerError as error:
            raise StoreBusy("the record of commands is not reachable") from error
        replayed = answer.pop(_REPLAYED, False)
        return Answered(answer, replayed)


def _run(*, request: dict[str, Any], action: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    del request  # read by the idempotency layer alone
    return action()


def _mark_replayed(answer: Any, record: Any) -> Any:
    del record
    return {**answer, _REPLAYED: True}


class _Dated:
    """The DynamoDB client, adding CreatedAt to the records that Powertools puts."""

    def __init__(self, client: DynamoDBClient, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._clock = clock

    def put_item(self, **request: Any) -> Any:
        request["Item"] = {**request["Item"], "CreatedAt": {"S": timestamp(self._clock())}}
        return self._client.put_item(**request)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)
