"""A client of the cloud whose calls can be made to fail, before or after they took effect."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError


class FaultyClient:
    """Passes every call on, except that each of `faults` in turn replaces or spoils one."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.faults: list[Callable[[Callable[[], Any]], Any]] = []
        self.calls: list[dict[str, Any]] = []

    def get_item(self, **request: Any) -> Any:
        return self._call(request, lambda: self._client.get_item(**request))

    def put_item(self, **request: Any) -> Any:
        return self._call(request, lambda: self._client.put_item(**request))

    def transact_write_items(self, **request: Any) -> Any:
        return self._call(request, lambda: self._client.transact_write_items(**request))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def _call(self, request: dict[str, Any], call: Callable[[], Any]) -> Any:
        self.calls.append(request)
        return self.faults.pop(0)(call) if self.faults else call()


def refused(code: str, *reasons: str) -> Callable[[Callable[[], Any]], Any]:
    """The call has no effect; its answer is this error, with the reasons of a transaction."""

    def fault(call: Callable[[], Any]) -> Any:
        del call
        raise client_error(code, *reasons)

    return fault


def answer_lost(code: str) -> Callable[[Callable[[], Any]], Any]:
    """The call takes effect, and its answer is this error all the same."""

    def fault(call: Callable[[], Any]) -> Any:
        call()
        raise client_error(code)

    return fault


def client_error(code: str, *reasons: str) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": "refused"}}
    if reasons:
        response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(response, "TransactWriteItems")
