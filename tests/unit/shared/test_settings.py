"""What the deployment writes into a function's environment is what the function reads."""

from dataclasses import dataclass

import pytest

from shared.settings import SettingMissing, from_env, to_env


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    stage: str
    table_name: str


def test_settings_are_written_in_upper_case() -> None:
    settings = Settings(stage="local", table_name="orders")
    assert to_env(settings) == {"STAGE": "local", "TABLE_NAME": "orders"}


def test_settings_are_read_as_they_were_written() -> None:
    env = {"STAGE": "local", "TABLE_NAME": "orders", "PATH": "/bin"}
    assert from_env(Settings, env) == Settings(stage="local", table_name="orders")


@pytest.mark.parametrize("env", [{"STAGE": "local"}, {"STAGE": "local", "TABLE_NAME": ""}])
def test_a_missing_or_empty_variable_is_named(env: dict[str, str]) -> None:
    with pytest.raises(SettingMissing, match=r"needs TABLE_NAME$"):
        from_env(Settings, env)


def test_all_missing_variables_are_named_together() -> None:
    with pytest.raises(SettingMissing, match=r"needs STAGE, TABLE_NAME$"):
        from_env(Settings, {})
