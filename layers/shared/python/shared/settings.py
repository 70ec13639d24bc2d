"""A service's settings: one frozen dataclass of strings, written by the CDK, read by the Lambda."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class SettingMissing(Exception):
    """The function was deployed without a variable that its settings name."""


def to_env(settings: "DataclassInstance") -> dict[str, str]:
    """The settings as environment variables: each field's name in upper case."""
    return {name.upper(): value for name, value in asdict(settings).items()}


def from_env[S](settings_type: type[S], env: Mapping[str, str]) -> S:
    """The settings as the environment holds them; raises SettingMissing, naming the variables."""
    names: list[str] = [field.name for field in fields(settings_type)]  # type: ignore[arg-type]
    missing = [name.upper() for name in names if not env.get(name.upper())]
    if missing:
        raise SettingMissing(f"{settings_type.__module__} needs {', '.join(missing)}")
    values: dict[str, Any] = {name: env[name.upper()] for name in names}
    return settings_type(**values)
