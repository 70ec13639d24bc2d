"""What the payments Lambdas are told when they are deployed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    stage: str
    table_name: str
    commands_table_name: str
    bus_name: str
    api_keys_secret: str
    providers_secret: str
    reports_bucket: str
