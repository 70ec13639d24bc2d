"""What the orders Lambdas are told when they are deployed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    stage: str
    table_name: str
    commands_table_name: str
    bus_name: str
    api_keys_secret: str
    compensation_machine: str
    confirmation_seconds: str
    compensation_watch_seconds: str
    compensation_patience_seconds: str
