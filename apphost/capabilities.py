"""What a local cloud cannot do of what the end-to-end tests ask for, each with its reason."""

from collections.abc import Mapping
from enum import StrEnum

from apphost.targets import EMBEDDED, LOCALSTACK


class Capability(StrEnum):
    REFUSES_EMPTY_BODIES = "the gateway refuses an empty body where one is required"
    READS_DEEP_BODIES = "the gateway reads a body that is nested deeply"


LACKING: Mapping[str, Mapping[Capability, str]] = {
    EMBEDDED: {},
    LOCALSTACK: {
        Capability.REFUSES_EMPTY_BODIES: "its gateway takes an empty body for an empty object",
        Capability.READS_DEEP_BODIES: "its gateway answers 500 where Python's JSON gives up",
    },
}
