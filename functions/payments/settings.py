"""What the payments Lambdas are told when they are deployed."""

from dataclasses import dataclass
from typing import Final

UNSPLIT: Final = "none"
"""No state machine reads large reports in parts: one process does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    stage: str
    table_name: str
    commands_table_name: str
    bus_name: str
    api_keys_secret: str
    providers_secret: str
    reports_bucket: str
    splitting_machine: str
