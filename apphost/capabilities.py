"""What a local cloud cannot do of what the tests ask for: the reason, and what it means for us."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from apphost.targets import EMBEDDED, LOCALSTACK


class Capability(StrEnum):
    """A sentence each that is true on AWS."""

    REFUSES_EMPTY_BODIES = "The gateway's validator refuses an empty body"
    READS_DEEP_BODIES = "The gateway's validator refuses a body that is nested too deeply"
    AUTHORIZERS = "The gateway asks a method's authorizer before the function"
    LIMITS_A_CALL_TO_THE_BUS = "The bus refuses a call of more than 256 KB"
    LAYERS = "A function finds the files of its layers, after its own"
    TABLE_SETTINGS = "A template's time to live and recovery reach the table, as do their changes"
    GLOBAL_TABLES = "A template makes a global table"
    ARCHIVES = "An archive keeps the events that its pattern names"
    HEARTBEATS = "A task that sends no heartbeat in time is given up"
    CLOSED_WAITS = "An answer to a wait whose execution was stopped is refused"
    TASKS_ON_THE_BUS = "A state machine's task puts an object on the bus as an event's detail"
    DISTRIBUTED_MAPS = "A distributed map selects its items by JSONata"
    FAILING_MAPS = "A distributed map fails with an item that fails"


@dataclass(frozen=True, slots=True)
class Meaning:
    """Where AWS says so, and what a local cloud without it leaves unproven."""

    source: str
    for_us: str


GATEWAY = "https://docs.aws.amazon.com/apigateway/latest/developerguide"
LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg"
STATES = "https://docs.aws.amazon.com/step-functions/latest/dg"
EVENTS = "https://docs.aws.amazon.com/eventbridge/latest/userguide"
TEMPLATES = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"

MEANINGS: Mapping[Capability, Meaning] = {
    Capability.REFUSES_EMPTY_BODIES: Meaning(
        f"{GATEWAY}/api-gateway-method-request-validation.html",
        "Nothing is lost: the function refuses it, with another code",
    ),
    Capability.READS_DEEP_BODIES: Meaning(
        f"{GATEWAY}/api-gateway-method-request-validation.html",
        "Nothing is lost: it is refused with another status",
    ),
    Capability.AUTHORIZERS: Meaning(
        f"{GATEWAY}/apigateway-use-lambda-authorizer.html",
        "Every function checks the key again, so that nobody gets in; the first of the two checks"
        " is proven on the embedded cloud",
    ),
    Capability.LIMITS_A_CALL_TO_THE_BUS: Meaning(
        f"{EVENTS}/eb-putevents.html", "The relay keeps below it by itself, which its tests show"
    ),
    Capability.LAYERS: Meaning(
        f"{LAMBDA}/python-layers.html", "The local stage puts the layers' files into each function"
    ),
    Capability.TABLE_SETTINGS: Meaning(
        f"{TEMPLATES}/aws-resource-dynamodb-table.html",
        "Recovery is proven on the embedded cloud and on the templates; no flow depends on it",
    ),
    Capability.GLOBAL_TABLES: Meaning(
        f"{TEMPLATES}/aws-resource-dynamodb-globaltable.html", "We use none"
    ),
    Capability.ARCHIVES: Meaning(
        f"{EVENTS}/eb-archive.html",
        "No flow depends on it: messages are sent again from the outbox's own rows",
    ),
    Capability.HEARTBEATS: Meaning(
        f"{STATES}/connect-to-resource.html", "The timeout ends the wait, later"
    ),
    Capability.CLOSED_WAITS: Meaning(
        f"{STATES}/connect-to-resource.html",
        "An answer that comes too late changes nothing, taken or refused",
    ),
    Capability.TASKS_ON_THE_BUS: Meaning(
        f"{STATES}/connect-eventbridge.html",
        "Messages leave through the outbox; what a machine puts itself is proven on LocalStack",
    ),
    Capability.DISTRIBUTED_MAPS: Meaning(
        f"{STATES}/state-map-distributed.html",
        "The local stage reads a large report in one process; the machine that reads it in parts is"
        " proven on LocalStack",
    ),
    Capability.FAILING_MAPS: Meaning(
        f"{STATES}/maprun-fail-threshold.html",
        "A report that lacks a part cannot be ended: its machine fails at its end, if not before",
    ),
}

LACKING: Mapping[str, Mapping[Capability, str]] = {
    EMBEDDED: {
        Capability.HEARTBEATS: "the task waits until its timeout",
        Capability.CLOSED_WAITS: "it is taken, and nothing comes of it",
        Capability.TASKS_ON_THE_BUS: "the event is refused, and the task does not tell",
        Capability.DISTRIBUTED_MAPS: "reads paths alone there",
        Capability.FAILING_MAPS: "reads paths alone there",
    },
    LOCALSTACK: {
        Capability.REFUSES_EMPTY_BODIES: "takes an empty body for an empty object",
        Capability.READS_DEEP_BODIES: "answers 500 where Python's JSON gives up",
        Capability.AUTHORIZERS: "lets everybody through",
        Capability.LIMITS_A_CALL_TO_THE_BUS: "takes a call of any size",
        Capability.LAYERS: "runs functions without their layers",
        Capability.TABLE_SETTINGS: "drops recovery, and what a changed template changes",
        Capability.GLOBAL_TABLES: "fails, for want of the TableId that moto's tables lack",
        Capability.ARCHIVES: "says that the archive was made, and makes none",
        Capability.FAILING_MAPS: "goes on with the items that did not fail",
    },
}
