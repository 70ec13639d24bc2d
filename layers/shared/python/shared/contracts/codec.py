"""Messages to CloudEvents JSON and back. The classes are plain; pydantic checks them here."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final, NoReturn

from pydantic import TypeAdapter, ValidationError

from shared import compact_json
from shared.contracts.envelope import Envelope, Message
from shared.contracts.union import message_types
from shared.errors.taxonomy import DomainException
from shared.moments import timestamp

SPEC_VERSION: Final = "1.0"
CONTENT_TYPE: Final = "application/json"
"""What CloudEvents takes the data for where nothing is said: it is not said again in each."""
_encoded: Final = compact_json.encoder()
_SEQUENCE: Final = re.compile(r"[0-9]{1,18}")


class UndecodableMessage(DomainException):
    """What came from the queue is not a message this service knows: it goes to dead letters."""

    code, title, status = "undecodable_message", "Not a message that is understood here", 422


_adapters: Final[dict[type[Message], TypeAdapter[Any]]] = {}


def adapter(message_type: type[Message]) -> TypeAdapter[Any]:
    """The checks for one class of message, built at its first use."""
    if message_type not in _adapters:
        _adapters[message_type] = TypeAdapter(message_type)
    return _adapters[message_type]


@cache
def _known(subscribed: Any) -> Mapping[str, type[Message]]:
    """The classes of a union by the names that messages call them."""
    return {kind.__name__: kind for kind in message_types(subscribed)}


def encode(envelope: Envelope[Any]) -> str:
    """The CloudEvents JSON that is stored in the outbox and put on the bus as it is."""
    data = adapter(type(envelope.data)).dump_python(envelope.data, mode="json")
    return _encoded(
        {
            "specversion": SPEC_VERSION,
            "id": envelope.id,
            "source": envelope.source,
            "type": envelope.type,
            "subject": envelope.subject,
            "time": timestamp(envelope.time),
            "sequence": f"{envelope.sequence:010d}",
            "correlationid": envelope.correlation_id,
            "causationid": envelope.causation_id,
            "traceparent": envelope.traceparent,
            "data": data,
        }
    )


def decode(subscribed: Any, document: Any) -> Envelope[Any]:
    """The envelope in a CloudEvents document, if its type is one of the union `subscribed`.

    Unknown fields are passed over (a newer producer may add them). Raises UndecodableMessage for
    anything else, without repeating the content.
    """
    if not isinstance(document, dict):
        raise UndecodableMessage("not a JSON object")
    kind = _known(subscribed).get(str(document.get("type")))
    if kind is None:
        raise UndecodableMessage("of a type that is not subscribed to")
    try:
        if _text(document, "specversion") != SPEC_VERSION:
            raise ValueError("specversion")
        return Envelope(
            id=_text(document, "id"),
            source=_text(document, "source"),
            subject=_text(document, "subject"),
            time=_moment(_text(document, "time")),
            sequence=_ordinal(_text(document, "sequence")),
            correlation_id=_text(document, "correlationid"),
            causation_id=_text(document, "causationid"),
            traceparent=_text(document, "traceparent"),
            # strict, in JSON: a whole number is not "3", 3.0 or true, while times are still text
            data=adapter(kind).validate_json(json.dumps(document.get("data")), strict=True),
        )
    except ValidationError as error:
        places = sorted({"/".join(map(str, item["loc"])) for item in error.errors()})
        raise UndecodableMessage(f"{kind.__name__} is wrong at {', '.join(places)}") from None
    except (TypeError, ValueError, KeyError, RecursionError) as error:
        raise UndecodableMessage(f"the envelope is wrong: {type(error).__name__}") from None


def reject_constant(name: str) -> NoReturn:
    """For json.loads: NaN and Infinity are not JSON."""
    raise ValueError(name)


def _text(document: dict[str, Any], name: str) -> str:
    value = document[name]
    if not isinstance(value, str) or not value:
        raise TypeError(name)
    return value


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no time zone")
    return moment


def _ordinal(text: str) -> int:
    if not _SEQUENCE.fullmatch(text) or int(text) == 0:
        raise ValueError("not a place in a sequence")
    return int(text)
