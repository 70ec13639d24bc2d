"""The messages as AsyncAPI 3.0: `asyncapi.json`, from their classes and who names them."""

import tomllib
from collections.abc import Iterable
from typing import Any, Final

from shared.contracts.codec import CONTENT_TYPE, SPEC_VERSION, adapter
from shared.contracts.envelope import Message
from tests.contract.envelopes import document
from tests.contract.parts import TRACEPARENT_SCHEMA
from tests.contract.schemas import REFERENCE, components
from tests.contract.services import (
    ROOT,
    SERVICES,
    accepted,
    all_messages,
    receivers,
    senders,
    subscribed,
)

BUS: Final = "#/channels/bus"
PREFIX: Final = "quittance."

_TEXT: Final[dict[str, Any]] = {"type": "string", "minLength": 1}
CLOUD_EVENT: Final[dict[str, Any]] = {
    "type": "object",
    "description": "CloudEvents 1.0 in structured mode, with the extensions sequence, correlation, "
    "causation and distributed tracing.",
    "required": [
        "specversion",
        "id",
        "source",
        "type",
        "subject",
        "time",
        "sequence",
        "correlationid",
        "causationid",
        "traceparent",
        "data",
    ],
    "properties": {
        "specversion": {"const": SPEC_VERSION},
        "id": {**_TEXT, "description": "Derived from what caused it: a repetition repeats it."},
        "source": {**_TEXT, "pattern": r"^quittance\.[a-z]+$"},
        "type": _TEXT,
        "subject": {**_TEXT, "description": "The aggregate that the message is about."},
        "time": {"type": "string", "format": "date-time"},
        "sequence": {
            "type": "string",
            "pattern": "^[0-9]{10}$",
            "description": "Counts the subject's messages from 1; the bus keeps no order.",
        },
        "correlationid": {**_TEXT, "description": "The flow that the message belongs to."},
        "causationid": {**_TEXT, "description": "The message or request that caused it."},
        "traceparent": TRACEPARENT_SCHEMA,
        "data": {"type": "object"},
    },
}


def render() -> dict[str, Any]:
    """The document. Raises FileNotFoundError for a message whose wire format is not kept."""
    messages = all_messages()
    names, schemas = components({(each, "validation"): adapter(each) for each in messages})
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Quittance messages",
            "version": project["version"],
            "description": "What the services tell each other. Delivery is at least once and in no "
            "order: consumers know a message by its id and an aggregate's story by sequence.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {
            "bus": {
                "address": "quittance-{stage}",
                "description": "An EventBridge bus: `detail` is the CloudEvents document, "
                "`detail-type` its type and `source` its source.",
                "parameters": {"stage": {"description": "local, dev or prod"}},
                "messages": {
                    each.__name__: {"$ref": f"#/components/messages/{each.__name__}"}
                    for each in messages
                },
            }
        },
        "operations": _operations(),
        "components": {
            "messages": {each.__name__: _message(each, names) for each in messages},
            "schemas": {**schemas, "CloudEvent": CLOUD_EVENT},
        },
    }


def _operations() -> dict[str, Any]:
    operations = {}
    for service in SERVICES:
        sent = [each for each in all_messages() if service in senders(each)]
        doing = {
            "Publish": ("send", f"What {service} sends.", sent),
            "Obey": ("receive", f"The commands that {service} carries out.", accepted(service)),
            "React": ("receive", f"The events that {service} reacts to.", subscribed(service)),
        }
        for name, (action, summary, messages) in doing.items():
            if messages:
                operations[service + name] = _operation(action, summary, messages)
    return operations


def _operation(action: str, summary: str, messages: Iterable[type[Message]]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": BUS},
        "summary": summary,
        "messages": [{"$ref": f"{BUS}/messages/{each.__name__}"} for each in messages],
    }


def _message(message: type[Message], names: dict[Any, Any]) -> dict[str, Any]:
    by, to = senders(message), receivers(message)
    return {
        "name": message.__name__,
        "title": message.__name__,
        "summary": (message.__doc__ or "").partition("\n")[0],
        "contentType": CONTENT_TYPE,
        "tags": [{"name": f"from {each}"} for each in by] + [{"name": f"to {each}"} for each in to],
        "payload": {
            "allOf": [
                {"$ref": REFERENCE + "CloudEvent"},
                {
                    "properties": {
                        "type": {"const": message.__name__},
                        **({"source": {"enum": [PREFIX + each for each in by]}} if by else {}),
                        "data": names[message, "validation"],
                    }
                },
            ]
        },
        "examples": [
            {"name": message.__name__, "payload": document(message)},
        ],
    }
